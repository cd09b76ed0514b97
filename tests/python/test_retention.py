"""Retention and landing cohorts are what one counts by hand, on random small histories.

The SQL is dbt's own, compiled once; its inputs are tables in memory that hold one history after the
other. The counting in `retention_by_hand` shares nothing with it. On the demo the same figures
follow from the simulator's truth.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from conftest import MainRun, settings_in
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from retention_by_hand import (
    DAYS,
    SHARES,
    ZERO,
    Attributes,
    Facts,
    History,
    Item,
    Movement,
    Place,
    Rules,
    input_rows,
    landing_cohorts,
    retention,
    rounded,
)

from orchestration.settings import PROJECT_DIR, Settings, venv_executable

MONTHS = 15
EXAMPLES = 40
PROJECT_NAME = "partner_metrics"
# Amounts are rounded item by item in the warehouse, and in sum where they are taken from the truth.
ROUNDING = Decimal("0.00002")
Rows = dict[Any, tuple[Any, ...]]
# The columns that the models read of each input, as the warehouse has them.
PLACE = "customer_id varchar, partner_id varchar, product_id varchar, currency varchar"
INPUTS = {
    "int_mrr__customer_months": (
        f"{PLACE}, native_mrr decimal(28, 6), mrr decimal(28, 6), month_start date"
    ),
    "int_mrr__partner_events": (
        f"{PLACE}, subscription_item_id varchar, movement varchar, native_before decimal(18, 6), "
        "native_after decimal(18, 6), movement_date date"
    ),
    "int_mrr__partner_months": "partner_id varchar",
    "input_partners": "partner_id varchar, tier varchar, region varchar",
    "input_customers": "customer_id varchar, segment varchar, region varchar",
    "int_months": "month_start date",
    "int_exchange_rates__month_end": (
        "currency varchar, currency_units decimal(18, 8), reporting_units decimal(18, 8), "
        "month_start date"
    ),
}
RULES = {
    "default": Rules(),
    "other switches": Rules(transfers_leave=False, min_customers=2, min_mrr=Decimal(300)),
}
SWITCHES = {
    "other switches": {
        "transfer_policy": "keep", "min_cohort_customers": 2, "min_cohort_mrr": 300,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Retention:
    """The models of retention over tables that can be filled."""

    rules: Rules
    connection: duckdb.DuckDBPyConnection
    relations: dict[str, str]
    models: list[tuple[str, str]]

    def of(self, facts: Facts) -> None:
        """Build the models from facts."""
        for table, rows in input_rows(facts).items():
            relation = self.relations[table]
            self.connection.execute(f"delete from {relation}")
            if rows:
                self.connection.register("new_rows", pa.Table.from_pylist(rows))
                self.connection.execute(f"insert into {relation} by name from new_rows")
        for relation, sql in self.models:
            self.connection.execute(f"create or replace table {relation} as {sql}")

    def rows(self, model: str, columns: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"select {columns} from {self.relations[model]}").fetchall()


def compiled(folder: Path, switches: dict[str, Any]) -> Path:
    """Have dbt compile the retention models; returns its target folder."""
    settings = settings_in(folder)
    done = subprocess.run(
        [venv_executable("dbt"), "--quiet", "compile", "--no-introspect",
         "--select", "path:models/intermediate/retention", "--vars", json.dumps(switches),
         "--project-dir", str(PROJECT_DIR)],
        cwd=PROJECT_DIR, env={**os.environ, **settings.child_environment()},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return settings.dbt_target_dir


@pytest.fixture(scope="module", params=list(RULES))
def models(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Retention:
    """As the main job built them, and as they are with other switches."""
    if request.param == "default":
        run: MainRun = request.getfixturevalue("main_run")
        return retention_models(run.settings.dbt_target_dir, RULES[request.param])
    folder = tmp_path_factory.mktemp("retention")
    return retention_models(compiled(folder, SWITCHES[request.param]), RULES[request.param])


def retention_models(target: Path, rules: Rules) -> Retention:
    nodes = json.loads((target / "manifest.json").read_text("utf-8"))["nodes"]
    by_name = {node["name"]: node for node in nodes.values() if node["resource_type"] == "model"}
    wanted = {
        node["unique_id"]: node
        for node in by_name.values()
        if node["original_file_path"].startswith("models/intermediate/retention/")
    }
    ordered: list[dict[str, Any]] = []
    while len(ordered) < len(wanted):
        waiting = {name for name in wanted if wanted[name] not in ordered}
        ordered += [wanted[name] for name in waiting if not waiting & _parents(wanted[name])]
    read = {parent for node in ordered for parent in _parents(node)} - wanted.keys()
    assert {nodes[parent]["name"] for parent in read} == INPUTS.keys()

    connection = duckdb.connect(config={"threads": 1})
    connection.execute("attach ':memory:' as warehouse")
    relations = {name: node["relation_name"] for name, node in by_name.items()}
    for schema in {node["schema"] for node in by_name.values()}:
        connection.execute(f"create schema warehouse.{schema}")
    for table, columns in INPUTS.items():
        connection.execute(f"create table {relations[table]} ({columns})")
    sql = target / "compiled" / PROJECT_NAME
    return Retention(
        rules,
        connection,
        relations,
        [
            (node["relation_name"], (sql / node["original_file_path"]).read_text("utf-8"))
            for node in ordered
        ],
    )


def _parents(node: dict[str, Any]) -> set[str]:
    return set(node["depends_on"]["nodes"])


AMOUNTS = st.sampled_from([Decimal(text) for text in ("0", "100", "99.99", "33.333333", "250.5")])
SLOTS = st.integers(0, MONTHS * len(DAYS) - 1)
RATES = st.sampled_from([Decimal("0.9"), Decimal("0.95"), Decimal("1.12345678")])


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to seven customers with up to three items each, in up to three currencies."""
    rates = {("EUR", month): Decimal(1) for month in range(MONTHS)}
    first_rates = {"EUR": 0}
    for currency in ("USD", "GBP"):
        first_rates[currency] = draw(st.integers(0, 6))
        for month in range(first_rates[currency], MONTHS):
            rates[currency, month] = draw(RATES)
    items: list[Item] = []
    segments: Attributes = {}
    for customer in (f"c_{number}" for number in range(draw(st.integers(1, 7)))):
        if draw(st.integers(0, 4)):
            segments[customer] = (
                draw(st.sampled_from([None, "small", "large"])),
                draw(st.sampled_from([None, "EMEA", "AMER"])),
            )
        home = draw(st.sampled_from(SHARES))
        for number in range(draw(st.integers(1, 3))):
            currency = draw(st.sampled_from(["EUR", "EUR", "USD", "GBP"]))
            first_slot = first_rates[currency] * len(DAYS)
            slots = sorted(draw(st.sets(SLOTS, min_size=1, max_size=5)))
            changes = tuple(
                (slot, draw(AMOUNTS), draw(st.sampled_from([home, home, *SHARES])))
                for slot in slots
                if slot >= first_slot
            )
            product = draw(st.sampled_from(["seats", "backup"]))
            items.append(Item(f"{customer}_{number}", customer, product, currency, changes))
    return History(MONTHS, tuple(items), rates, segments, draw(st.booleans()))


COLUMNS = """level, level_value, window_months, month_start, null_reason, cohort_customers,
    retained_customers, cohort_mrr, retained_mrr, gross_retained_mrr, reported_retained_mrr,
    reported_gross_retained_mrr, nrr, grr, logo_retention, nrr_as_reported, grr_as_reported"""
LANDING_COLUMNS = """level, level_value, landing_month, month_start, null_reason, landed_customers,
    retained_customers, landing_mrr, retained_mrr, mrr_retention, logo_retention"""
RANDOM = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@RANDOM
@given(history=histories())
def test_retention_and_landing_cohorts_counted_by_hand(models: Retention, history: History) -> None:
    """Every level, value, month and window; every landing cohort; to the last digit."""
    models.of(history.facts)

    found = models.rows("int_retention__level_months", COLUMNS)
    assert {row[:4]: row[4:] for row in found} == retention(history.facts, models.rules)
    assert len({row[:4] for row in found}) == len(found)

    landed = models.rows("int_retention__landing_cohorts", LANDING_COLUMNS)
    assert {row[:4]: row[4:] for row in landed} == landing_cohorts(history.facts, models.rules)
    assert len({row[:4] for row in landed}) == len(landed)


@dataclass(frozen=True)
class Judged:
    """The built demo, and the facts of it that follow from the truth alone."""

    warehouse: duckdb.DuckDBPyConnection
    facts: Facts


@pytest.fixture(scope="module")
def judged(demo: Settings, main_run: MainRun) -> Judged:
    """True movements, summed by customer, partner and currency. Products are left out.

    A movement that swaps products is one row of the new product, so that sums over a product's
    movements are not what there is of it.
    """
    warehouse = main_run.warehouse()
    months = [
        month
        for (month,) in warehouse.execute(
            "select month_start from intermediate.int_months order by month_start"
        ).fetchall()
    ]
    number = {month: index for index, month in enumerate(months)}
    rates = {
        (currency, number[month]): reporting_units / currency_units
        for currency, month, reporting_units, currency_units in warehouse.execute(
            "select currency, month_start, reporting_units, currency_units"
            " from intermediate.int_exchange_rates__month_end"
        ).fetchall()
    }
    true_movements = warehouse.execute(f"""
        select customer_id, partner_id, product_id, currency, movement,
            amount, date_trunc('month', movement_date)::date, day(movement_date)
        from '{demo.demo_truth_dir}/movements/*.parquet'
        where movement_date < date '{months[-1]}' + to_months(1)
        order by movement_date""").fetchall()
    movements: list[Movement] = []
    changes: dict[Place, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for customer, partner, product, currency, movement, amount, month, day in true_movements:
        place = Place(customer, partner, "", currency)
        at = number[month]
        movements.append(Movement(place, product, movement, ZERO, amount, at, day))
        changes[place][at] += amount
    mrr: dict[tuple[Place, int], tuple[Decimal, Decimal]] = {}
    for place, amounts in changes.items():
        native = ZERO
        for month in range(len(months)):
            native += amounts.get(month, ZERO)
            if native:
                rate = rates[place.currency, month]
                mrr[place, month] = (native, rounded(native * rate))
    partners = warehouse.execute("select partner_id, tier, region from input.input_partners")
    by_partner = {partner: (tier, region) for partner, tier, region in partners.fetchall()}
    return Judged(warehouse, Facts(months[0], len(months), mrr, movements, rates, by_partner))


def test_retention_of_the_demo_is_the_true_one(judged: Judged) -> None:
    """Every partner, tier, region and the vendor; every month and window."""
    of_partners = COLUMNS.replace("level, level_value", "'partner', partner_id")
    found = judged.warehouse.execute(f"""
        select {of_partners} from certified.partner_retention_monthly
        union all
        select {COLUMNS} from certified.retention_by_level_monthly
        where level in ('vendor', 'partner_tier', 'partner_region')""").fetchall()
    levels = ("vendor", "partner", "partner_tier", "partner_region")
    expected = retention(judged.facts, Rules(), levels)
    assert _far_apart({row[:4]: row[4:] for row in found}, expected) == {}


def test_landing_cohorts_of_the_demo_are_the_true_ones(judged: Judged) -> None:
    found = judged.warehouse.execute(
        f"select {LANDING_COLUMNS} from certified.landing_cohorts_monthly"
    ).fetchall()
    expected = landing_cohorts(judged.facts, Rules())
    assert _far_apart({row[:4]: row[4:] for row in found}, expected) == {}


def _far_apart(found: Rows, expected: Rows) -> dict[Any, Any]:
    """Rows that differ by more than item by item rounding explains; counts by nothing at all."""
    none: tuple[Any, ...] = ()
    return {
        key: (found.get(key), expected.get(key))
        for key in found.keys() | expected.keys()
        if not _is_close(found.get(key, none), expected.get(key, none))
    }


def _is_close(row: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return len(row) == len(other) and all(
        abs(one - two) <= ROUNDING if isinstance(one, Decimal) and two is not None else one == two
        for one, two in zip(row, other, strict=True)
    )
