"""Scores and tiers are what loops count, more never earns less, and the way told leads there.

The models' own compiled SQL on random programs with two partners, one of whom has in every month as
much as the other or more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import pytest
from conftest import MainRun
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from model_bench import Bench, Row, compiled_queries
from qualify_by_hand import AUDIT_MONTH, Card, Component, Tier

MODELS = (
    "int_incentives__score_components", "int_incentives__score_paths", "int_incentives__scores",
    "int_incentives__tier_qualifications", "int_incentives__tier_holds", "int_incentives__tiers",
    "int_incentives__track_goals", "int_incentives__component_reach", "int_incentives__next_steps",
)  # fmt: skip
_MONEY = "decimal(28, 6)"
_RULE = """program_version_id varchar, valid_from date, valid_to date, recorded_on date,
    superseded_on date, verification varchar"""
_MONTH = "program_id varchar, program_version_id varchar"
INPUTS = {
    "intermediate.int_incentives__version_months": f"""{_MONTH}, currency varchar,
        applies_from date, applies_to date, known_on date, month_start date""",
    "intermediate.int_incentives__participants": f"""{_MONTH}, partner_id varchar,
        months_as_partner bigint, month_start date""",
    "intermediate.int_incentives__bound_measures": f"""{_MONTH}, binding_id varchar,
        metric_id varchar, metric_version integer, unit_kind varchar, currency varchar,
        is_verified boolean, month_start date""",
    "intermediate.int_incentives__metric_snapshots": f"""{_MONTH}, binding_id varchar,
        partner_id varchar, value {_MONEY}, null_reason varchar, month_start date""",
    "intermediate.int_incentives__exceptions": f"""{_MONTH}, exception_id varchar,
        partner_id varchar, tier_id varchar, is_verified boolean, month_start date""",
    "intermediate.int_incentives__tier_gates": f"""{_MONTH}, gate_group_id varchar,
        partner_id varchar, missing varchar, is_met boolean, is_verified boolean,
        month_start date""",
    "seeds.scorecards": f"""scorecard_id varchar, track varchar, combine varchar, scale {_MONEY},
        pass_score {_MONEY}, needs_every_component boolean, {_RULE}""",
    "seeds.scorecard_components": f"""component_id varchar, component_name varchar,
        scorecard_id varchar, path_id varchar, category varchar, binding_id varchar,
        score_function varchar, unit_value {_MONEY}, threshold {_MONEY}, max_points {_MONEY},
        min_points {_MONEY}, weight decimal(18, 6), is_scored boolean, unscored_policy varchar,
        unit_label varchar, unit_cost_hint {_MONEY}, {_RULE}""",
    "seeds.score_bands": f"""component_id varchar, lower_bound {_MONEY}, upper_bound {_MONEY},
        points {_MONEY}, {_RULE}""",
    "seeds.tiers": f"""tier_id varchar, tier_name varchar, track varchar, rank integer,
        gate_group_id varchar, scorecard_id varchar, min_score {_MONEY}, qualification varchar,
        window_months integer, audit_month integer, validity_months integer, grace_months integer,
        protection_months integer, protected_if_reached_before date, promotion varchar, {_RULE}""",
}
MONTHS = 16
FIRST = 2024 * 12 + 9  # October, so that two audits in March follow
TRAIL: Row = ("v", None, None, date(2020, 1, 1), None, "verified")
BOTH = ("less", "more")


def day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Program:
    """A scorecard, its tiers, and what two partners measured: month by month, by component."""

    card: Card
    tiers: tuple[Tier, ...]
    values: dict[str, tuple[tuple[Decimal | None, ...], ...]]

    def tables(self) -> dict[str, list[Row]]:
        months = [day(FIRST + month) for month in range(MONTHS)]
        span = ("p", "v", "EUR", months[0], date(9999, 12, 31), date(2030, 1, 1))
        parts = list(enumerate(self.card.components))
        return {
            "intermediate.int_incentives__version_months": [(*span, month) for month in months],
            "intermediate.int_incentives__participants": [
                ("p", "v", who, 30, month) for month in months for who in BOTH
            ],
            "intermediate.int_incentives__bound_measures": [
                ("p", "v", f"b{index}", "m", 1, _unit(part), "EUR", True, month)
                for month in months
                for index, part in parts
            ],
            "intermediate.int_incentives__metric_snapshots": [
                ("p", "v", f"b{index}", who, self.values[who][month][index], None, months[month])
                for month in reversed(range(MONTHS))
                for who in BOTH
                for index, _ in parts
            ],
            "intermediate.int_incentives__exceptions": [],
            "intermediate.int_incentives__tier_gates": [],
            "seeds.scorecards": [(
                "s", None, "weighted_average" if self.card.is_average else "sum_of_points", 100, 5,
                self.card.needs_every_component, *TRAIL,
            )],
            "seeds.scorecard_components": [
                (
                    f"c{index}", f"c{index}", "s", part.path, "any", f"b{index}", part.function,
                    part.unit_points, part.size, part.max_points, 0,
                    part.weight if self.card.is_average else None, not part.unscored,
                    part.unscored or None, None, None, *TRAIL,
                )
                for index, part in parts
            ],
            "seeds.score_bands": [
                (f"c{index}", lower, upper, points, *TRAIL)
                for index, part in parts
                for (lower, points), upper in zip_longest(part.bands, part.upper_bounds)
            ],
            "seeds.tiers": [
                (
                    f"t{tier.rank}", "T", "main", tier.rank, None, "s", tier.min_score,
                    tier.qualification, tier.window, AUDIT_MONTH, tier.validity, tier.grace,
                    tier.protection,
                    tier.protected_before and day(tier.protected_before), tier.promotion, *TRAIL,
                )
                for tier in self.tiers
            ],
        }  # fmt: skip

    def expected_scores(self) -> dict[Row, dict[str, Any]]:
        return {
            (who, day(FIRST + month)): dict(
                zip(("score", "is_every_component_met"), self.card.judge(values), strict=True)
            )
            for who in BOTH
            for month, values in enumerate(self.values[who])
        }

    def expected_ranks(self) -> dict[Row, dict[str, Any]]:
        found: dict[Row, dict[str, Any]] = {
            (who, day(FIRST + month)): {"tier_rank": None}
            for who in BOTH
            for month in range(MONTHS)
        }
        for who in BOTH:
            judged = [self.card.judge(values) for values in self.values[who]]
            for tier in sorted(self.tiers, key=lambda tier: tier.rank):
                reached = [
                    score is not None and score >= tier.min_score and every
                    for score, every in judged
                ]
                for month, held in enumerate(tier.held(reached, FIRST)):
                    if held:
                        found[who, day(FIRST + month)] = {"tier_rank": tier.rank}
        return found


def _unit(component: Component) -> str:
    return "ratio" if component.function in ("ratio", "band") else "count"


def numbers(low: str, high: str, places: int = 2) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places)


@st.composite
def components(draw: st.DrawFn, path: str) -> Component:
    function = draw(st.sampled_from(
        ("linear_to_cap", "per_unit", "step", "boolean", "ratio", "band")
    ))  # fmt: skip
    bands: tuple[tuple[Decimal, Decimal], ...] = ()
    if function == "band":
        bounds = sorted(draw(st.sets(numbers("0", "6"), min_size=1, max_size=4)))
        points = sorted(draw(st.tuples(*[numbers("0", "30", 1)] * len(bounds))))
        bands = tuple(zip(bounds, points, strict=True))
    return Component(
        path=path,
        function=function,
        size=draw(numbers("0.05", "6")),
        unit_points=draw(numbers("0.5", "8")),
        max_points=draw(numbers("5", "30", 1)),
        weight=draw(st.sampled_from([Decimal(w) for w in ("0.1", "0.25", "0.4", "3")])),
        unscored=draw(st.sampled_from(("", "", "", "", "zero", "redistribute"))),
        bands=bands,
    )


@st.composite
def tiers(draw: st.DrawFn, rank: int) -> Tier:
    qualification = draw(st.sampled_from(("any_day_in_window", "on_audit_date", "continuous")))
    return Tier(
        rank=rank,
        min_score=draw(numbers("1", "20", 1)) * rank,
        qualification=qualification,
        window=draw(st.integers(1, 6)),
        validity=draw(st.sampled_from((None, None, 4, 12))),
        grace=draw(st.integers(0, 3)),
        protection=draw(st.sampled_from((None, 2, 6))),
        protected_before=draw(st.sampled_from((None, FIRST + 4))),
        promotion=draw(st.sampled_from(("immediate", "immediate", "at_audit"))),
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    paths = draw(st.sampled_from((("main",), ("main",), ("a", "b"))))
    parts = tuple(draw(components(path)) for path in paths for _ in range(draw(st.integers(1, 4))))
    card = Card(draw(st.booleans()), draw(st.booleans()), parts)
    amount = st.one_of(st.none(), numbers("-1", "7"), numbers("0", "3"))
    less = tuple(tuple(draw(amount) for _ in parts) for _ in range(MONTHS))
    rise = st.sampled_from([Decimal(step) for step in ("0", "0", "0.5", "3")])
    more = tuple(
        tuple(value if value is None else value + draw(rise) for value in month) for month in less
    )
    ladder = tuple(draw(tiers(rank + 1)) for rank in range(draw(st.integers(1, 3))))
    return Program(card, ladder, {"less": less, "more": more})


@pytest.fixture(scope="module")
def bench(main_run: MainRun) -> Bench:
    return Bench(compiled_queries(main_run, MODELS), INPUTS)


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(program=programs())
def test_scores_and_tiers_are_what_loops_say(bench: Bench, program: Program) -> None:
    bench.fill(program.tables())
    bench.compute()
    key = ["partner_id", "month_start"]
    scores = bench.rows("int_incentives__scores", key, ["score", "is_every_component_met"])
    expected = program.expected_scores()
    assert {k: row["score"] for k, row in scores.items()} == {
        k: row["score"] for k, row in expected.items()
    }
    # of equal totals the path that passes counts, which is not for every component to say
    if len({part.path for part in program.card.components}) == 1:
        assert scores == expected
        ranks = bench.rows("int_incentives__tiers", key, ["tier_rank"])
        assert ranks == program.expected_ranks()
        for month in range(MONTHS):
            less, more = (ranks[who, day(FIRST + month)]["tier_rank"] or 0 for who in BOTH)
            assert less <= more, "more points lost a tier"
    for month in range(MONTHS):
        less, more = (scores[who, day(FIRST + month)]["score"] for who in BOTH)
        assert less is None or less <= more, "a higher value scored less"


@hypothesis_settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(program=programs())
def test_the_way_told_leads_to_the_next_tier(bench: Bench, program: Program) -> None:
    """Each single step closes the distance by itself, or all of them do together."""
    program = replace(program, card=replace(program.card, needs_every_component=False))
    bench.fill(program.tables())
    bench.compute()
    key = ["partner_id", "month_start"]
    goals = bench.rows("int_incentives__track_goals", key, ["next_tier_score", "points_missing"])
    steps = bench.rows(
        "int_incentives__next_steps", [*key, "component_id"], ["more_units", "is_enough_alone"]
    )
    assume(steps)
    ways: dict[Row, list[dict[int, Decimal]]] = {}
    for (who, month, component), step in steps.items():
        taken = {int(component[1:]): step["more_units"]}
        if step["is_enough_alone"]:
            ways.setdefault((who, month), []).append(taken)
        else:
            ways.setdefault((who, month), [{}])[0].update(taken)
    for (who, month), alternatives in ways.items():
        values = program.values[who][12 * month.year + month.month - 1 - FIRST]
        for taken in alternatives:
            raised = [
                (value or Decimal(0)) + taken[index] if index in taken else value
                for index, value in enumerate(values)
            ]
            score, _ = program.card.judge(raised)
            # points are kept to six places, and so is what is still missing
            assert score is not None
            assert score >= goals[who, month]["next_tier_score"] - Decimal("0.0001")
