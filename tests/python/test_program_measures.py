"""What programs read of metrics is what plain loops over months say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from books_by_hand import first_day, last_day
from conftest import MainRun
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from model_bench import Bench, compiled_queries

MONTHS = 18  # months with data, the first of them first_day(0)
VERSION_FROM = 12  # the version holds from here to the end of the data
PARTNERS, CUSTOMERS = ("p_a", "p_b"), ("c_1", "c_2", "c_3")
SIX = Decimal("0.000001")
OFFSETS = {"prior_month": (1,), "same_month_last_year": (12,), "prior_4_quarters": (3, 6, 9, 12)}
RULES = hypothesis_settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@dataclass(frozen=True)
class Binding:
    """How a program reads a metric; months are numbers from the first with data."""

    level: str
    window: str
    aggregate: str
    comparator: str
    form: str
    floor: bool
    new_entity: str
    fixed: Decimal
    fiscal_start: int
    is_nought_when_missing: bool


Values = dict[tuple[str, str, int], Decimal]  # by partner, customer and month


def rounded(value: Decimal) -> Decimal:
    return value.quantize(SIX, ROUND_HALF_UP)


def window_start(binding: Binding, month: int) -> int:
    """The first month of the window that ends with `month`."""
    fiscal = (first_day(month).month - binding.fiscal_start) % 12
    return {
        "month": month,
        "period": month,
        "quarter": month - fiscal % 3,
        "fiscal_year_to_date": month - fiscal,
        "trailing_12_months": month - 11,
        "since_start": min(0, month),
    }[binding.window]


def entity_value(
    binding: Binding, values: Values, partner: str, customer: str, month: int
) -> Decimal | None:
    """What an entity (a customer, or the whole partner) has in the window; None for nothing."""
    start = window_start(binding, month)
    found: dict[int, Decimal] = {}
    for (of_partner, of_customer, when), value in values.items():
        if of_partner == partner and start <= when <= month and customer in ("", of_customer):
            found[when] = found.get(when, Decimal(0)) + value
    if binding.aggregate == "last":
        return found.get(month)
    if not found:
        return None
    total = sum(found.values(), Decimal(0))
    return total if binding.aggregate == "sum" else rounded(total / (month - start + 1))


def by_hand(
    binding: Binding, values: Values, partner: str, month: int
) -> tuple[Decimal | None, str | None]:
    """Value and reason, as the program reads them."""
    offsets = OFFSETS.get(binding.comparator, ())
    if any(window_start(binding, month - offset) < 0 for offset in offsets):
        return None, "before_data"
    entities = CUSTOMERS if binding.level == "customer" else ("",)
    total, base, has_now, has_then = Decimal(0), Decimal(0), False, False
    for customer in entities:
        now = entity_value(binding, values, partner, customer, month)
        thens = [entity_value(binding, values, partner, customer, month - o) for o in offsets]
        told = [then for then in thens if then is not None]
        has_now, has_then = has_now or now is not None, has_then or bool(told)
        if now is None and not told:
            continue
        then = rounded(sum(told, Decimal(0)) / len(offsets)) if told else Decimal(0)
        if binding.comparator == "fixed":
            then = binding.fixed
        elif offsets and not told and binding.new_entity == "excluded":
            continue
        difference = (now or Decimal(0)) - then
        total += (
            max(difference, Decimal(0))
            if binding.floor and binding.comparator != "none"
            else difference
        )
        base += then
    if not has_now and not binding.is_nought_when_missing:
        return None, "no_value"
    unknown_base = binding.new_entity == "excluded" or not binding.is_nought_when_missing
    if offsets and not has_then and unknown_base:
        return None, "no_baseline"
    if binding.comparator == "fixed" and not has_now:
        base = binding.fixed
        total = max(-base, Decimal(0)) if binding.floor else -base
    if binding.comparator != "none" and binding.form == "ratio":
        return (None, "no_baseline") if base <= 0 else (rounded(total / base), None)
    return total, None


AMOUNTS = st.sampled_from(
    [Decimal(text) for text in ("0", "0.000001", "33.333333", "100", "2500.5")]
)
BINDINGS = st.builds(
    Binding,
    level=st.sampled_from(("partner", "customer")),
    window=st.sampled_from(
        ("month", "period", "quarter", "fiscal_year_to_date", "trailing_12_months", "since_start")
    ),
    aggregate=st.sampled_from(("sum", "last", "mean")),
    comparator=st.sampled_from(("none", "fixed", *OFFSETS)),
    form=st.sampled_from(("difference", "ratio")),
    floor=st.booleans(),
    new_entity=st.sampled_from(("zero_baseline", "excluded")),
    fixed=AMOUNTS,
    fiscal_start=st.sampled_from((1, 2, 7)),
    is_nought_when_missing=st.booleans(),
).map(
    # one fixed figure is the partner's, not each customer's
    lambda one: (
        Binding(**{**one.__dict__, "level": "partner"}) if one.comparator == "fixed" else one
    )
)
VALUES = st.dictionaries(
    st.tuples(
        st.sampled_from(PARTNERS), st.sampled_from(CUSTOMERS), st.integers(0, MONTHS - 1)
    ),
    AMOUNTS,
    max_size=30,
)  # fmt: skip
INPUTS = {
    "intermediate.int_incentives__bound_metrics": """program_id varchar, program_version_id varchar,
        binding_id varchar, metric_id varchar, metric_version integer, level varchar,
        time_window varchar, aggregate varchar, comparator varchar, comparator_value decimal(28, 6),
        comparator_form varchar, new_entity varchar, is_computed boolean, is_additive boolean,
        is_distinct boolean, is_nought_when_missing boolean, is_money boolean,
        floor_at_zero boolean, applies_from date, applies_to date""",
    "intermediate.int_incentives__binding_values": """program_version_id varchar,
        binding_id varchar, applies_from date, partner_id varchar, customer_id varchar,
        product_id varchar, value decimal(28, 6), is_incomplete boolean, month_start date""",
    "intermediate.int_incentives__participants": """program_version_id varchar, partner_id varchar,
        month_start date""",
    "intermediate.int_incentives__partner_groups": "partner_id varchar, group_id varchar",
    "intermediate.int_months": "month_start date",
    "seeds.programs": "program_id varchar, fiscal_year_start_month integer",
    "seeds.fiscal_periods": """program_id varchar, frequency varchar, period_start date,
        period_end date""",
}
MODELS = tuple(
    f"int_incentives__{name}"
    for name in ("binding_windows", "entity_snapshots", "metric_snapshots")
)


@pytest.fixture(scope="module")
def bench(main_run: MainRun) -> Bench:
    return Bench(compiled_queries(main_run, MODELS), INPUTS)


def filled(bench: Bench, binding: Binding, values: Values, *, backwards: bool = False) -> Any:
    by_entity: Values = {}
    for (partner, customer, month), value in values.items():
        key = (partner, customer if binding.level == "customer" else "", month)
        by_entity[key] = by_entity.get(key, Decimal(0)) + value
    rows = [
        ("v", "b", first_day(VERSION_FROM), partner, customer or None, None, value, False,
         first_day(month))
        for (partner, customer, month), value in by_entity.items()
    ]  # fmt: skip
    months = range(VERSION_FROM, MONTHS)
    bench.fill(
        {
            "intermediate.int_incentives__bound_metrics": [
                ("p", "v", "b", "m", 1, binding.level, binding.window, binding.aggregate,
                 binding.comparator, binding.fixed, binding.form, binding.new_entity, True, True,
                 False, binding.is_nought_when_missing, True, binding.floor,
                 first_day(VERSION_FROM), date(9999, 12, 31))
            ],
            "intermediate.int_incentives__binding_values": rows[::-1] if backwards else rows,
            "intermediate.int_incentives__participants": [
                ("v", partner, first_day(month)) for partner in PARTNERS for month in months
            ],
            "intermediate.int_incentives__partner_groups": [(one, one) for one in PARTNERS],
            "intermediate.int_months": [(first_day(month),) for month in range(MONTHS)],
            "seeds.programs": [("p", binding.fiscal_start)],
            "seeds.fiscal_periods": [],
        }
    )  # fmt: skip
    bench.compute()
    return bench.rows(
        "int_incentives__metric_snapshots", ["partner_id", "month_start"], ["value", "null_reason"]
    )


GROWTH = Binding("customer", "month", "last", "same_month_last_year", "difference", True,
                 "zero_baseline", Decimal(0), 1, True)  # fmt: skip


@RULES
@given(binding=BINDINGS, values=VALUES)
@example(
    binding=GROWTH,
    values={("p_a", "c_1", 12): Decimal(3000), ("p_a", "c_1", 0): Decimal(1000),
            ("p_a", "c_2", 12): Decimal(300), ("p_a", "c_2", 0): Decimal(800)},
)  # fmt: skip
def test_a_program_reads_what_loops_say(bench: Bench, binding: Binding, values: Values) -> None:
    found = filled(bench, binding, values)
    for partner in PARTNERS:
        for month in range(VERSION_FROM, MONTHS):
            row = found[(partner, first_day(month))]
            expected = by_hand(binding, values, partner, month)
            assert (row["value"], row["null_reason"]) == expected, (partner, month)


@RULES
@given(binding=BINDINGS, values=VALUES)
def test_the_order_of_rows_does_not_matter(bench: Bench, binding: Binding, values: Values) -> None:
    assert filled(bench, binding, values) == filled(bench, binding, values, backwards=True)


# --- certificates -------------------------------------------------------------------------------

COURSES = {"net": (None, 0), "net_delta": ("net", 10), "cloud": (None, 6)}  # base, month of release
CERTIFICATE_INPUTS = {
    "intermediate.int_incentives__credential_rules": """program_version_id varchar,
        credential_id varchar, track varchar, course_level varchar, course_id varchar,
        validity_anchor varchar, leaver_rule varchar, validity_months integer,
        is_extendable boolean, rule_from date, rule_to date""",
    "intermediate.int_months": "month_start date, month_end date",
    "input.input_courses": """course_id varchar, extends_course_id varchar, track varchar,
        course_level varchar, released_at timestamp""",
    "input.input_certifications": """person_id varchar, partner_id varchar, course_id varchar,
        completed_at timestamp, revoked_at timestamp""",
    "input.input_people": "person_id varchar, is_active boolean, left_at timestamp",
}


@dataclass(frozen=True)
class Pass:
    """A course that a person passed; months from the first, None for never."""

    person: str
    course: str
    passed: int
    revoked: int | None


def noon(month: int) -> datetime:
    return datetime.combine(
        first_day(month) + timedelta(days=9), datetime.min.time().replace(hour=11)
    )


def holds(
    passes: tuple[Pass, ...], person: str, base: str, month: int, anchor: str, months: int,
    extendable: bool,
) -> bool:  # fmt: skip
    """Whether the person holds the certificate in `base` at the end of the month."""
    end = last_day(month)
    of_base = [one for one in passes if one.person == person and one.course == base]
    if not of_base:
        return False
    base_from = min(noon(one.passed).date() for one in of_base)
    revocations = [one.revoked for one in of_base]
    taken_back = None if None in revocations else max(filter(None, revocations), default=None)
    if base_from > end or (taken_back is not None and noon(taken_back).date() <= end):
        return False
    for one in passes:
        is_delta = COURSES[one.course][0] == base
        if one.person != person or not (one.course == base or (is_delta and extendable)):
            continue
        begin = one.passed if anchor == "completion" else COURSES[one.course][1]
        runs_to = noon(begin + months).date()
        is_in_force = noon(one.passed).date() <= end < runs_to
        if is_in_force and (one.revoked is None or noon(one.revoked).date() > end):
            return True
    return False


@pytest.fixture(scope="module")
def certificates(main_run: MainRun) -> Bench:
    models = ("int_incentives__certificate_spans", "int_incentives__certified_people")
    return Bench(compiled_queries(main_run, models), CERTIFICATE_INPUTS)


@RULES
@given(
    passes=st.lists(
        st.builds(
            Pass,
            st.sampled_from(("ann", "bob")),
            st.sampled_from(tuple(COURSES)),
            st.integers(0, MONTHS),
            st.none() | st.none() | st.integers(1, MONTHS),
        ),
        max_size=6,
        unique_by=lambda one: (one.person, one.course),
    ).map(tuple),
    anchor=st.sampled_from(("release", "completion")),
    months=st.sampled_from((3, 12, 24)),
    extendable=st.booleans(),
    left=st.none() | st.integers(0, MONTHS),
    leaver_rule=st.sampled_from(("at_once", "month_end")),
)
def test_certificates_count_as_loops_say(
    certificates: Bench, passes: tuple[Pass, ...], anchor: str, months: int, extendable: bool,
    left: int | None, leaver_rule: str,
) -> None:  # fmt: skip
    certificates.fill(
        {
            "intermediate.int_incentives__credential_rules": [
                ("v", "c", None, None, None, anchor, leaver_rule, months, extendable,
                 date(1900, 1, 1), date(9999, 12, 31))
            ],
            "intermediate.int_months": [(first_day(m), last_day(m)) for m in range(MONTHS)],
            "input.input_courses": [
                (course, base, "track", "level", noon(month))
                for course, (base, month) in COURSES.items()
            ],
            "input.input_certifications": [
                (one.person, "p_a", one.course, noon(one.passed),
                 None if one.revoked is None else noon(one.revoked))
                for one in passes
            ],
            "input.input_people": [
                ("ann", left is None, None if left is None else noon(left)), ("bob", True, None)
            ],
        }
    )  # fmt: skip
    certificates.compute()
    found = certificates.rows(
        "int_incentives__certified_people", ["month_start"], ["certified_people", "certificates"]
    )
    for month in range(MONTHS):
        held = {
            (person, base)
            for person in ("ann", "bob")
            for base in ("net", "cloud")
            if holds(passes, person, base, month, anchor, months, extendable)
            and not (
                person == "ann"
                and left is not None
                and month >= left + (leaver_rule == "month_end")
            )
        }
        row = found.get((first_day(month),), {"certified_people": 0, "certificates": 0})
        assert row == {
            "certified_people": len({person for person, _ in held}),
            "certificates": len(held),
        }, month
