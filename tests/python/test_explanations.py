"""Explanations on the demo: from its own steps alone, every payout can be calculated again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import pytest
from conftest import MainRun

Payout = tuple[Any, ...]
CENT = Decimal("0.01")
COLUMNS = (
    "program_id, lever_id, partner_id, period_start, period_end, step, rule_id, explanation, "
    "measure, rule_value, amount, customer_id, bucket, payee_id"
)


@dataclass(frozen=True)
class Step:
    step: str
    rule_id: str
    explanation: str
    measure: Decimal | None
    rule_value: Decimal | None
    amount: Decimal | None
    customer_id: str | None
    bucket: str | None
    payee_id: str | None


@pytest.fixture(scope="module")
def payouts(main_run: MainRun) -> Iterator[dict[Payout, list[Step]]]:
    """The steps of each payout, in order."""
    with main_run.warehouse() as connection:
        yield steps_by_payout(connection)


def steps_by_payout(connection: duckdb.DuckDBPyConnection) -> dict[Payout, list[Step]]:
    found: dict[Payout, list[Step]] = defaultdict(list)
    for row in connection.execute(
        f"select {COLUMNS} from certified.incentive_line_explanations where event_sequence = 0 "
        "order by program_id, lever_id, partner_id, period_start, period_end, step_order"
    ).fetchall():
        found[row[:5]].append(Step(*row[5:]))
    return found


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def amount_of_band(band: Step) -> Decimal:
    """A rate on what the band takes, or an amount as it is."""
    assert band.rule_value is not None
    return band.rule_value if band.measure is None else band.measure * band.rule_value


def accelerated(steps: list[Step], rated: Decimal, measure: Decimal) -> Decimal:
    """The rated amount after accelerators, which come one after the other; amounts last."""
    factor, rate, added = Decimal(1), Decimal(0), Decimal(0)
    for step in steps:
        if step.step != "accelerator":
            continue
        assert step.rule_value is not None
        match step.explanation.split()[0], step.explanation:
            case "Multiplies", _:
                factor, rate = factor * step.rule_value, rate * step.rule_value
            case "Replaces", _:
                factor, rate = Decimal(0), step.rule_value
            case _, "Adds to the rate":
                rate += step.rule_value
            case _:
                added += step.rule_value
    return rated * factor + measure * rate + added


def total(steps: list[Step], *kinds: str) -> Decimal:
    return sum((step.amount or Decimal(0) for step in steps if step.step in kinds), Decimal(0))


def test_each_payout_is_calculated_again_from_its_bands(
    payouts: dict[Payout, list[Step]],
) -> None:
    seen = set()
    for payout, steps in payouts.items():
        bands = [step for step in steps if step.step == "band"]
        if not bands:
            continue
        if granted := [step for step in steps if step.step == "exception"]:
            bands = granted
        for band in bands:
            assert band.amount is not None
            assert abs(amount_of_band(band) - band.amount) < Decimal("0.000002"), (payout, band)
        rated = sum((band.amount or Decimal(0) for band in bands), Decimal(0))
        measure = sum((band.measure or Decimal(0) for band in bands), Decimal(0))
        said = total(steps, "payout")
        # each variant of bands, such as renewals on time and late, is rounded by itself
        variants = sum(step.step == "payout" for step in steps)
        found = accelerated(steps, rated, measure)
        within = CENT * (variants - 1) + Decimal("0.00001")
        assert abs(found - said) <= within + Decimal("0.005"), (payout, found, said)
        seen.add(payout[1])
    assert len(seen) > 25, "levers of every kind"


def test_what_falls_to_customers_is_all_of_the_payout(payouts: dict[Payout, list[Step]]) -> None:
    for payout, steps in payouts.items():
        if any(step.step == "share" for step in steps):
            assert total(steps, "share") == total(steps, "payout"), payout


def test_parts_are_what_stacking_and_limits_leave(payouts: dict[Payout, list[Step]]) -> None:
    for payout, steps in payouts.items():
        left: dict[str | None, Decimal] = {}
        added = Decimal(0)
        for step in steps:
            assert step.amount is not None or step.step not in ("share", "stacking", "limit")
        for kind in ("share", "stacking", "limit"):
            for step in steps:
                if step.step == kind and step.amount is not None:
                    if kind == "limit" and step.measure is None:
                        added += step.amount
                    else:
                        left[step.customer_id] = step.amount
        assert sum(left.values(), added) == total(steps, "split"), payout


def test_each_part_is_its_percentage(payouts: dict[Payout, list[Step]]) -> None:
    for payout, steps in payouts.items():
        for step in steps:
            if step.step == "split":
                assert step.measure is not None
                assert step.rule_value is not None
                assert step.amount is not None
                part = step.measure * step.rule_value / 100
                assert abs(part - step.amount) <= CENT, (payout, step)


def test_people_get_all_of_their_part(payouts: dict[Payout, list[Step]]) -> None:
    for payout, steps in payouts.items():
        if any(step.step == "payee" for step in steps):
            of_people = {step.bucket for step in steps if step.step == "payee"}
            parts = [step for step in steps if step.step == "split" and step.bucket in of_people]
            assert total(steps, "payee") == total(parts, "split"), payout


def test_every_step_names_a_rule_and_who_stands_behind_it(main_run: MainRun) -> None:
    with main_run.warehouse() as connection:
        [(unmarked, unsourced)] = connection.execute(
            "select count(*) filter (where verification is null), "
            "count(*) filter (where verification = 'verified' and source is null) "
            "from certified.incentive_line_explanations"
        ).fetchall()
    assert (unmarked, unsourced) == (0, 0)
