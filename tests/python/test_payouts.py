"""Rates, caps, minimums and parts are what plain loops say; no cent is lost on the way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from conftest import MainRun
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from model_bench import Bench, Row, compiled_queries
from payouts_by_hand import (
    ZERO,
    Band,
    Lever,
    capped,
    capped_together,
    cents,
    let_go,
    paid,
)

MONEY = "decimal(28, 6)"
KEY = "program_id varchar, program_version_id varchar, lever_id varchar, partner_id varchar"
MONTHS = 5
NEVER = date(9999, 12, 31)
RULES = hypothesis_settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip

RATING_MODELS = ("qualified_bases", "matching_bands", "rated", "accelerated", "allocated")
RATING_INPUTS = {
    "intermediate.int_incentives__period_levers": f"""program_version_id varchar, lever_id varchar,
        band_binding_id varchar, rate_basis varchar, target_value {MONEY}, period_start date,
        last_month date""",
    "intermediate.int_incentives__bases": f"""{KEY}, customer_id varchar, variant_order integer,
        base_amount {MONEY}, period_start date, first_occurred_on date""",
    "intermediate.int_incentives__qualifying_values": f"""program_version_id varchar,
        lever_id varchar, binding_id varchar, partner_id varchar, value {MONEY},
        period_start date""",
    "intermediate.int_incentives__period_bands": f"""program_version_id varchar, lever_id varchar,
        tier_id varchar, verification varchar, variant_order integer, band_order integer,
        lower_bound {MONEY}, upper_bound {MONEY}, rate decimal(18, 6), rate_before decimal(18, 6),
        amount {MONEY}, measure_cap {MONEY}, period_start date""",
    "intermediate.int_incentives__tiers": """program_version_id varchar, partner_id varchar,
        tier_id varchar, tier_rank integer, is_verified boolean, month_start date""",
    "intermediate.int_incentives__rate_exceptions": f"""program_version_id varchar,
        lever_id varchar, partner_id varchar, exception_id varchar, value_override {MONEY},
        period_start date""",
    "intermediate.int_incentives__accelerations": f"""program_version_id varchar, lever_id varchar,
        partner_id varchar, effect varchar, verification varchar, step bigint, value {MONEY},
        period_start date""",
}
PAYOUT_MODELS = ("limited_customers", "limited_partners", "limited_budgets", "limited",
                 "split_lines", "payee_lines")  # fmt: skip
PAYOUT_INPUTS = {
    "intermediate.int_incentives__stacked": f"""{KEY}, customer_id varchar, limit_id varchar,
        verification varchar, base_amount {MONEY}, qualifying_value {MONEY}, rate decimal(18, 6),
        amount decimal(28, 2), period_start date, period_end date, first_occurred_on date""",
    "intermediate.int_incentives__limit_windows": """program_id varchar,
        program_version_id varchar, limit_id varchar, lever_id varchar, kind varchar,
        level varchar, on_breach varchar, verification varchar, limit_amount decimal(28, 2),
        is_complete boolean, window_start date, window_end date""",
    "intermediate.int_incentives__versions": """program_version_id varchar, known_on date,
        applies_from date, applies_to date""",
    "intermediate.int_incentives__period_levers": """program_version_id varchar, lever_id varchar,
        payee varchar, period_start date, period_end date, last_month date""",
    "intermediate.int_incentives__payees": """partner_id varchar, customer_id varchar,
        role varchar, month_start date, person_id varchar, share decimal(18, 6)""",
    "seeds.payout_splits": """lever_id varchar, bucket varchar, percent decimal(18, 6),
        split_order integer, fund_wallet_id varchar, program_version_id varchar, valid_from date,
        valid_to date, recorded_on date, superseded_on date, verification varchar""",
}


def month(place: int) -> date:
    return date(2026, 1 + place, 1)


@pytest.fixture(scope="module")
def rating(main_run: MainRun) -> Bench:
    names = [f"int_incentives__{name}" for name in RATING_MODELS]
    return Bench(compiled_queries(main_run, names), RATING_INPUTS)


@pytest.fixture(scope="module")
def payouts(main_run: MainRun) -> Bench:
    names = [f"int_incentives__{name}" for name in PAYOUT_MODELS]
    return Bench(compiled_queries(main_run, names), PAYOUT_INPUTS)


# --- from base to amount ---------------------------------------------------------------------

CUTS = st.sets(st.sampled_from([Decimal(cut) for cut in (50, 100, 250, 1000, 99999)]), max_size=3)
RATES = st.sampled_from([Decimal(r) for r in ("0", "0.01", "0.0375", "0.333333", "1.5")])
BASES = st.sampled_from(
    [Decimal(b) for b in ("0", "49.999999", "50", "100", "100.01", "1234.56", "150000", "-80",
                          "0.000001", "33.333333")]
)  # fmt: skip
EVERY_BASIS = "flat slab stepped linear per_unit fixed_amount target_attainment"
# customers of a partner, and what they bring
BOOKS = st.dictionaries(st.sampled_from(["c1", "c2", "c3"]), BASES, min_size=1)


@st.composite
def levers(draw: st.DrawFn, bases: str = EVERY_BASIS, *, rising: bool = False) -> Lever:
    start = Decimal(0) if rising or draw(st.integers(0, 3)) else Decimal(10)
    ends = [start, *sorted(draw(CUTS))]
    rates = [draw(RATES) for _ in ends]
    bands = tuple(
        Band(lower, upper, rate, rate * 100)
        for lower, upper, rate in zip(
            ends, [*ends[1:], None], sorted(rates) if rising else rates, strict=True
        )
    )
    target = draw(st.sampled_from([Decimal(3), Decimal(700)]))
    return Lever(draw(st.sampled_from(bases.split())), bands, target)


def rate(bench: Bench, lever: Lever, books: dict[str, dict[str, Decimal]],
         qualifying: Decimal | None = None, *, backwards: bool = False) -> None:  # fmt: skip
    """Let the models rate the books of some partners by one lever."""
    start = month(0)
    amounts = lever.basis in ("per_unit", "fixed_amount")
    bands: list[Row] = []
    before = ZERO
    for place, band in enumerate(lever.bands, start=1):
        bands.append(
            ("v", "l", None, "verified", 1, place, band.lower, band.upper,
             None if amounts else band.rate, before, band.amount if amounts else None, None, start)
        )  # fmt: skip
        before = band.rate or ZERO
    bases = [
        ("p", "v", "l", partner, customer, 1, base, start, None)
        for partner, book in books.items()
        for customer, base in book.items()
    ]
    turn = -1 if backwards else 1
    bench.fill(
        {
            "intermediate.int_incentives__period_levers": [
                ("v", "l", None if qualifying is None else "b", lever.basis, lever.target, start,
                 start)
            ],
            "intermediate.int_incentives__bases": bases[::turn],
            "intermediate.int_incentives__qualifying_values": []
            if qualifying is None
            else [("v", "l", "b", partner, qualifying, start) for partner in books],
            "intermediate.int_incentives__period_bands": bands[::turn],
        }
    )  # fmt: skip
    bench.compute()


def amounts(bench: Bench, model: str, keys: list[str]) -> dict[Row, Decimal]:
    found = bench.rows(f"int_incentives__{model}", keys, ["amount"])
    return {key: row["amount"] for key, row in found.items()}


@RULES
@given(lever=levers(), book=BOOKS, other=BOOKS, qualifying=st.none() | BASES)
@example(
    lever=Lever("stepped", (Band(ZERO, Decimal(100000), Decimal("0.02")),
                            Band(Decimal(100000), None, Decimal("0.04")))),
    book={"c1": Decimal(150000)}, other={"c1": Decimal(100000)}, qualifying=None,
)  # fmt: skip
def test_a_lever_pays_what_loops_say(
    rating: Bench, lever: Lever, book: dict[str, Decimal], other: dict[str, Decimal],
    qualifying: Decimal | None,
) -> None:  # fmt: skip
    """To the last digit; what falls to customers adds up to it in whole cents."""
    books = {"acme": book, "bolt": other}
    rate(rating, lever, books, qualifying)
    expected = {
        (partner,): paid(lever, sum(each.values(), ZERO), qualifying)
        for partner, each in books.items()
    }
    assert amounts(rating, "rated", ["partner_id"]) == expected

    by_partner: dict[Row, Decimal] = defaultdict(Decimal)
    for (partner, _), amount in amounts(rating, "allocated", ["partner_id", "customer_id"]).items():
        by_partner[(partner,)] += amount
    assert by_partner == {key: cents(amount) for key, amount in expected.items()}


@RULES
@given(lever=levers(), book=BOOKS, other=BOOKS)
def test_the_order_of_rows_does_not_matter(
    rating: Bench, lever: Lever, book: dict[str, Decimal], other: dict[str, Decimal]
) -> None:
    keys = ["partner_id", "customer_id"]
    rate(rating, lever, {"acme": book, "bolt": other})
    forwards = amounts(rating, "allocated", keys)
    rate(rating, lever, {"bolt": other, "acme": book}, backwards=True)
    assert amounts(rating, "allocated", keys) == forwards


@RULES
@given(lever=levers("stepped", rising=True), values=st.sets(BASES.filter(lambda b: b >= 0)))
def test_more_never_earns_less_and_steps_never_more_than_a_slab(
    rating: Bench, lever: Lever, values: set[Decimal]
) -> None:
    """Where rates rise. Rounding of each step to six places is all that may differ."""
    books = {str(value): {"c1": value} for value in values}
    rate(rating, lever, books)
    steps = amounts(rating, "rated", ["partner_id"])
    ordered = [steps[(str(value),)] for value in sorted(values)]
    assert ordered == sorted(ordered)

    rate(rating, Lever("slab", lever.bands), books)
    slab = amounts(rating, "rated", ["partner_id"])
    assert all(steps[key] <= slab[key] + Decimal("0.000005") for key in steps)


# --- from amount to payee --------------------------------------------------------------------

CENTS = st.sampled_from([Decimal(c) for c in ("0", "0.01", "33.33", "10", "100", "250.5", "-20")])
PLACES = st.tuples(
    st.sampled_from(["acme", "bolt"]), st.sampled_from(["c1", "c2", "c3"]),
    st.integers(0, MONTHS - 1),
)  # fmt: skip
PAYOUTS = st.dictionaries(PLACES, CENTS, min_size=1, max_size=12)
CAPS = st.sampled_from([Decimal(c) for c in ("0.05", "50", "100.01", "400")])
SPLITS = st.sampled_from(
    [("100",), ("60", "40"), ("33.333333", "33.333333", "33.333334"), ("0.5", "99.5")]
)
BUCKETS = ("rebate", "fund", "individual")
Lines = dict[tuple[str, str, int], Decimal]


def limit(limit_id: str, kind: str, level: str, on_breach: str, amount: Decimal,
          *, yearly: bool = False) -> list[Row]:  # fmt: skip
    spans = [(0, 11)] if yearly else [(place, place + 1) for place in range(MONTHS)]
    return [
        ("p", "v", limit_id, "l", kind, level, on_breach, "verified", amount, True,
         month(start), month(end))
        for start, end in spans
    ]  # fmt: skip


def pay(bench: Bench, lines: Lines, limits: list[Row], splits: tuple[str, ...] = ("100",),
        *, backwards: bool = False) -> None:  # fmt: skip
    """Let the models limit, split and pay the lines of one lever."""
    rows = [
        ("p", "v", "l", partner, customer, None, "verified", ZERO, None, None, amount,
         month(place), month(place + 1), None)
        for (partner, customer, place), amount in lines.items()
    ]  # fmt: skip
    turn = -1 if backwards else 1
    bench.fill(
        {
            "intermediate.int_incentives__stacked": rows[::turn],
            "intermediate.int_incentives__limit_windows": limits[::turn],
            "intermediate.int_incentives__versions": [("v", month(9), date(2025, 1, 1), NEVER)],
            "intermediate.int_incentives__period_levers": [
                ("v", "l", "company", month(place), month(place + 1), month(place))
                for place in range(MONTHS)
            ],
            "intermediate.int_incentives__payees": [
                ("acme", customer, "partner_staff", month(place), person, Decimal(share))
                for customer in ("c1", "c2")
                for place in range(MONTHS)
                for person, share in (("ann", "0.333333"), ("bob", "0.333333"), ("cid", "0.333334"))
            ],
            "seeds.payout_splits": [
                ("l", BUCKETS[place], Decimal(percent), place, None, "v", None, None, month(0),
                 None, "verified")
                for place, percent in enumerate(splits)
            ],
        }
    )  # fmt: skip
    bench.compute()


def by_month(lines: Lines, partner: str) -> list[Decimal]:
    return [
        sum((a for (who, _, when), a in lines.items() if (who, when) == (partner, place)), ZERO)
        for place in range(MONTHS)
    ]


def left(bench: Bench, model: str, partner: str | None, keys: str = "period_end") -> Any:
    """Amounts after a step, by the month in which they stand."""
    rows = bench.rows(
        f"int_incentives__{model}",
        ["partner_id", "customer_id", "limit_id", "period_start", keys], ["amount"],
    )  # fmt: skip
    found = [ZERO] * MONTHS
    for (who, *_, end), row in rows.items():
        if partner in (None, who):
            found[end.month - 2] += row["amount"]
    return found


@RULES
@given(lines=PAYOUTS, cap=CAPS, kind=st.sampled_from(["lost", "carried", "of the year"]))
def test_a_cap_leaves_what_loops_say(payouts: Bench, lines: Lines, cap: Decimal, kind: str) -> None:
    """Of each partner, month by month."""
    on_breach = "carry" if kind == "carried" else "truncate"
    pay(
        payouts, lines, limit("cap", "cap", "partner", on_breach, cap, yearly=kind == "of the year")
    )
    for partner in {who for who, _, _ in lines}:
        owed = by_month(lines, partner)
        if kind == "of the year":
            expected = capped_together(owed, cap)
        else:
            expected = capped(owed, cap, carried=kind == "carried")
        assert left(payouts, "limited_partners", partner) == expected


@RULES
@given(lines=PAYOUTS, budget=CAPS, cap=CAPS, line=CAPS)
def test_no_cap_is_ever_exceeded(
    payouts: Bench, lines: Lines, budget: Decimal, cap: Decimal, line: Decimal
) -> None:
    """Of a line, a partner and the program together, to the cent."""
    limits = [
        *limit("budget", "cap", "program", "pro_rata_budget", budget),
        *limit("cap", "cap", "partner", "truncate", cap),
        *limit("line", "cap", "line", "truncate", line),
    ]
    pay(payouts, lines, limits)
    rows = payouts.rows(
        "int_incentives__limited", ["partner_id", "customer_id", "period_end"], ["amount"]
    )
    assert all(row["amount"] <= line for row in rows.values())
    for partner in ("acme", "bolt"):
        assert all(amount <= cap for amount in left(payouts, "limited", partner))
    assert all(amount <= budget for amount in left(payouts, "limited", None))


@RULES
@given(lines=PAYOUTS, least=CAPS, other=CAPS)
def test_small_amounts_wait_for_the_minimum(
    payouts: Bench, lines: Lines, least: Decimal, other: Decimal
) -> None:
    """Until loops over the months let them go; limits of other amounts stand beside it."""
    limits = [
        *limit("least", "minimum_payout", "partner", "carry", least),
        *limit("other", "minimum_payout", "line", "carry", Decimal(0)),
        *limit("cap", "cap", "partner", "truncate", other + 10000),
    ]
    pay(payouts, lines, limits)
    found = payouts.rows(
        "int_incentives__limited", ["partner_id", "customer_id", "period_end"],
        ["amount", "let_go_on"],
    )  # fmt: skip
    for partner in {who for who, _, _ in lines}:
        places = sorted({when for who, _, when in lines if who == partner})
        owed = by_month(lines, partner)
        outcome = dict(zip(places, let_go([owed[place] for place in places], least), strict=True))
        for (who, customer, place), amount in lines.items():
            if who != partner:
                continue
            row = found[who, customer, month(place + 1)]
            when = outcome[place]
            assert row["amount"] == amount
            assert row["let_go_on"] == (None if when is None else month(places[when] + 1))


@RULES
@given(lines=PAYOUTS, splits=SPLITS, cap=CAPS)
@example(
    lines={("acme", "c1", 0): Decimal(375), ("acme", "c2", 0): Decimal(300),
           ("acme", "c3", 0): Decimal(150)},
    splits=("60", "40"), cap=Decimal(10000),
)  # fmt: skip
def test_parts_and_people_get_every_cent(
    payouts: Bench, lines: Lines, splits: tuple[str, ...], cap: Decimal
) -> None:
    """Parts are cut of a partner's month by cumulated percents; people get what the part is."""
    limits = limit("cap", "cap", "partner", "carry", cap)
    pay(payouts, lines, limits, splits)
    parts = payouts.rows(
        "int_incentives__split_lines",
        ["partner_id", "customer_id", "limit_id", "period_end", "bucket"], ["amount"],
    )  # fmt: skip
    people = payouts.rows(
        "int_incentives__payee_lines",
        ["partner_id", "customer_id", "payee_id", "period_end", "bucket"], ["amount"],
    )  # fmt: skip
    for partner in {who for who, _, _ in lines}:
        totals = left(payouts, "limited", partner)
        for place, total in enumerate(totals):
            so_far = Decimal(0)
            for bucket, percent in zip(BUCKETS, splits, strict=False):
                share = cents(total * (so_far + Decimal(percent)) / 100) - cents(
                    total * so_far / 100
                )
                so_far += Decimal(percent)
                for rows in (parts, people):
                    got = sum(
                        (row["amount"] for (who, *_, end, what), row in rows.items()
                         if (who, end, what) == (partner, month(place + 1), bucket)),
                        ZERO,
                    )  # fmt: skip
                    assert got == share

    forwards = people
    pay(payouts, lines, limits, splits, backwards=True)
    assert forwards == payouts.rows(
        "int_incentives__payee_lines",
        ["partner_id", "customer_id", "payee_id", "period_end", "bucket"], ["amount"],
    )  # fmt: skip


def test_minimums_of_many_partners_do_not_mix(payouts: Bench) -> None:
    """Guards a fold in the engine that took the minimum of another row once there were many."""
    small, large = Decimal(25), Decimal(60)
    lines: Lines = {
        (f"p{number:04}", "c1", place): Decimal((number * 7 + place * 11) % 30)
        for number in range(1500)
        for place in range(MONTHS)
        if (number + place) % 4
    }
    limits = [
        *limit("small", "minimum_payout", "partner", "carry", small),
        *limit("large", "minimum_payout", "line", "carry", large),
    ]
    pay(payouts, lines, limits)
    found = payouts.rows(
        "int_incentives__limited", ["partner_id", "period_end"], ["let_go_on"]
    )  # fmt: skip
    for partner in {who for who, _, _ in lines}:
        places = [place for place in range(MONTHS) if (partner, "c1", place) in lines]
        owed = [lines[partner, "c1", place] for place in places]
        for place, *when in zip(places, let_go(owed, small), let_go(owed, large), strict=True):
            last = None if None in when else max(each for each in when if each is not None)
            expected = None if last is None else month(places[last] + 1)
            assert found[partner, month(place + 1)]["let_go_on"] == expected
