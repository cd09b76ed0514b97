"""An invented program as rows alone, small enough to reckon by hand: the Harbour Program.

It pays 2 percent of MRR to members with 1,000 of MRR, 5 percent to leaders. Of what customers grew
over a year it pays 10 percent up to 1,000 and 20 percent above: 70 percent of that is money, 30
percent goes to a fund.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from orchestration.programs.contract import PROGRAMS_DIR, VERSION, load_files

HARBOUR = "harbour_2024"
LAST = {"time_window": "month", "aggregate": "last", "comparator": "none", "floor_at_zero": "false"}
LEVER = {
    "payee": "company",
    "frequency": "month",
    "rate_basis": "flat",
    "stacking": "stack",
    "hold_days": "30",
    "incentive_nature": "rebate",
    "pays_on": "lasting_value",
}
CONDITION = {"assessment": "monthly", "is_grandfathering": "false"}
COMPONENT = {"scorecard_id": "h_score", "path_id": "main", "min_points": "0", "is_scored": "true"}
TIER = {"track": "partner", "qualification": "continuous", "promotion": "immediate"}

ROWS: dict[str, list[dict[str, str]]] = {
    "programs": [
        {
            "program_id": "harbour",
            "program_name": "Harbour Program",
            "currency": "EUR",
            "fiscal_year_start_month": "1",
            "description": "Invented",
        }
    ],
    "program_versions": [
        {
            VERSION: HARBOUR,
            "program_id": "harbour",
            "version_name": "2024",
            "status": "active",
            "approved_by": "board",
            "enforced_from": "2024-01-01",
        }
    ],
    "attribution_rules": [
        {"partner_role": role, "credit_percent": "100", "precedence": place, "is_over_credit": over}
        for role, place, over in (
            ("reseller_of_record", "1", "false"),
            ("msp", "2", "false"),
            ("influencer", "3", "true"),
        )
    ],
    "metric_bindings": [
        {
            "binding_id": "h_mrr",
            "metric_id": "closing_mrr",
            "metric_version": "2",
            "level": "partner",
            **LAST,
        },
        {
            "binding_id": "h_growth",
            "metric_id": "closing_mrr",
            "metric_version": "2",
            "level": "customer",
            **LAST,
            "comparator": "same_month_last_year",
            "comparator_form": "difference",
            "floor_at_zero": "true",
            "new_entity": "zero_baseline",
        },
        {
            "binding_id": "h_customers",
            "metric_id": "customers",
            "metric_version": "1",
            "level": "partner",
            **LAST,
        },
    ],
    "offer_set_members": [
        {"offer_set_id": "h_offers", "product_family": "platform", "is_included": "true"}
    ],
    "scope_members": [
        {
            "scope_id": "h_home",
            "dimension": "region_class",
            "value": "home",
            "is_included": "true",
        },
        {
            "scope_id": "h_away",
            "dimension": "region_class",
            "value": "home",
            "is_included": "false",
        },
    ],
    "region_classes": [{"program_id": "harbour", "region_class": "home", "country_code": "NL"}],
    "gate_groups": [
        {"gate_group_id": "h_gate", "combine": "all"},
        {"gate_group_id": "h_any", "parent_gate_group_id": "h_gate", "combine": "any"},
    ],
    "gate_conditions": [
        {
            "gate_condition_id": "h_has_mrr",
            "gate_group_id": "h_gate",
            "binding_id": "h_mrr",
            "operator": ">=",
            "threshold": "1000",
            **CONDITION,
        },
        {
            "gate_condition_id": "h_has_customers",
            "gate_group_id": "h_any",
            "binding_id": "h_customers",
            "operator": ">",
            "threshold": "0",
            **CONDITION,
        },
    ],
    "scorecards": [
        {
            "scorecard_id": "h_score",
            "scorecard_name": "Score",
            "combine": "weighted_average",
            "scale": "10",
            "pass_score": "5",
            "needs_every_component": "true",
        }
    ],
    "scorecard_components": [
        {
            **COMPONENT,
            "component_id": "h_score_mrr",
            "component_name": "MRR",
            "category": "size",
            "binding_id": "h_mrr",
            "score_function": "linear_to_cap",
            "threshold": "20000",
            "max_points": "10",
            "weight": "0.75",
        },
        {
            **COMPONENT,
            "component_id": "h_score_customers",
            "component_name": "Customers",
            "category": "size",
            "binding_id": "h_customers",
            "score_function": "band",
            "max_points": "10",
            "weight": "0.25",
        },
    ],
    "score_bands": [
        {
            "component_id": "h_score_customers",
            "lower_bound": "0",
            "upper_bound": "10",
            "points": "4",
        },
        {"component_id": "h_score_customers", "lower_bound": "10", "points": "10"},
    ],
    "tiers": [
        {"tier_id": "h_member", "tier_name": "Member", "rank": "1", **TIER},
        {
            "tier_id": "h_leader",
            "tier_name": "Leader",
            "rank": "2",
            **TIER,
            "scorecard_id": "h_score",
            "min_score": "5",
            "gate_group_id": "h_gate",
        },
    ],
    "entitlements": [
        {"entitlement_id": "h_badge", "tier_id": "h_leader", "benefit": "Badge"},
    ],
    "deal_registration_policies": [
        {
            "deal_registration_policy_id": "h_deals",
            "validity_days": "90",
            "new_business_only": "true",
        }
    ],
    "levers": [
        {
            **LEVER,
            "lever_id": "h_retain",
            "lever_name": "Lasting MRR",
            "motion": "retain",
            "pay_binding_id": "h_mrr",
            "rate_basis": "tier_lookup",
            "gate_group_id": "h_gate",
            "track": "partner",
        },
        {
            **LEVER,
            "lever_id": "h_grow",
            "lever_name": "Growth",
            "motion": "expand",
            "pay_binding_id": "h_growth",
            "rate_basis": "stepped",
            "frequency": "quarter",
        },
    ],
    "rate_bands": [
        {
            "lever_id": "h_retain",
            "band_order": "1",
            "lower_bound": "0",
            "rate": "0.02",
            "tier_id": "h_member",
        },
        {
            "lever_id": "h_retain",
            "band_order": "2",
            "lower_bound": "0",
            "rate": "0.05",
            "tier_id": "h_leader",
        },
        {
            "lever_id": "h_grow",
            "band_order": "1",
            "lower_bound": "0",
            "upper_bound": "1000",
            "rate": "0.1",
        },
        {"lever_id": "h_grow", "band_order": "2", "lower_bound": "1000", "rate": "0.2"},
    ],
    "accelerators": [
        {
            "accelerator_id": "h_faster",
            "lever_id": "h_grow",
            "apply_order": "1",
            "binding_id": "h_customers",
            "operator": ">=",
            "threshold": "1000",
            "effect": "add_rate",
            "value": "0.01",
        }
    ],
    "limits": [
        {
            "limit_id": "h_cap",
            "lever_id": "h_retain",
            "kind": "cap",
            "level": "partner",
            "frequency": "month",
            "amount": "100000",
            "on_breach": "truncate",
        }
    ],
    "fund_wallets": [
        {
            "fund_wallet_id": "h_fund",
            "wallet_name": "Fund",
            "earn_months": "6",
            "earn_start_month": "1",
            "use_months": "6",
            "grace_days": "0",
            "below_threshold": "keep",
        }
    ],
    "payout_splits": [
        {"lever_id": "h_retain", "bucket": "rebate", "percent": "100", "split_order": "1"},
        {"lever_id": "h_grow", "bucket": "rebate", "percent": "70", "split_order": "1"},
        {
            "lever_id": "h_grow",
            "bucket": "fund",
            "percent": "30",
            "split_order": "2",
            "fund_wallet_id": "h_fund",
        },
    ],
    "exception_grants": [
        {
            "exception_id": "h_exception",
            "partner_id": "ptr_00003",
            "tier_id": "h_leader",
            "approved_by": "board",
            "reason": "pilot",
            "expires_on": "2024-06-01",
        }
    ],
}


def write_harbour(folder: Path, into_project: bool = False) -> Path:
    """Write the program's files to `<folder>/programs`, with the seeds that they refer to beside.

    `into_project`: append the rows to a copy of the project's own programs instead.
    """
    programs = folder / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    for seed in PROGRAMS_DIR.parent.glob("*.csv"):
        shutil.copy(seed, folder)
    for name, contract in load_files().items():
        columns = list(contract.columns)
        path = programs / f"{name}.csv"
        with path.open("a" if into_project else "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            if not into_project:
                writer.writeheader()
            for row in ROWS.get(name, []):
                writer.writerow(_complete(row, columns))
    return programs


def _complete(row: dict[str, str], columns: list[str]) -> dict[str, str]:
    trailer = {VERSION: HARBOUR, "recorded_on": "2023-12-01", "verification": "illustrative"}
    return {**{key: value for key, value in trailer.items() if key in columns}, **row}
