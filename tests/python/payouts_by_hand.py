"""Rates, caps and parts in plain loops, to compare the models of incentives with.

Nothing here is shared with the SQL. Amounts are Decimal, rounded half up away from nothing, as
money is.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

ZERO = Decimal(0)
SIX = Decimal("0.000001")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Band:
    """From `lower` on and below `upper`: a rate, or an amount."""

    lower: Decimal
    upper: Decimal | None
    rate: Decimal | None
    amount: Decimal | None = None

    def takes(self, value: Decimal) -> bool:
        return self.lower <= value and (self.upper is None or value < self.upper)


@dataclass(frozen=True)
class Lever:
    """How a lever reads its bands, and what picks them (None: what is paid on)."""

    basis: str
    bands: tuple[Band, ...]
    target: Decimal | None = None


def rounded(value: Fraction | Decimal, unit: Decimal = SIX) -> Decimal:
    """Half up, away from nothing."""
    exact = Fraction(value) / Fraction(unit)
    whole = (abs(exact.numerator) * 2 + exact.denominator) // (2 * exact.denominator)
    return (whole if exact >= 0 else -whole) * unit


def cents(value: Fraction | Decimal) -> Decimal:
    return rounded(value, CENT)


def stepped(bands: tuple[Band, ...], value: Decimal) -> Decimal:
    """Each band's rate on its own part of the value."""
    if value < 0:
        return sum((times(value, band.rate) for band in bands if band.lower == 0), ZERO)
    total = ZERO
    for band in bands:
        upper = value if band.upper is None else min(value, band.upper)
        total += times(max(upper - band.lower, ZERO), band.rate)
    return total


def times(value: Decimal, factor: Decimal | None) -> Decimal:
    return rounded(Fraction(value) * Fraction(factor or ZERO))


def paid(lever: Lever, base: Decimal, qualifying: Decimal | None) -> Decimal:
    """What a lever pays on a base; `qualifying` picks the band, None where the base does."""
    value = base if qualifying is None else qualifying
    if lever.basis == "target_attainment":
        value = rounded(Fraction(value) / Fraction(lever.target or 1))
    bands = sorted(lever.bands, key=lambda band: band.lower)
    band = next((each for each in bands if each.takes(value)), None)
    if value < 0 and qualifying is None and lever.basis != "fixed_amount" and bands[0].lower == 0:
        band = bands[0]
    if band is None:
        return ZERO
    if lever.basis == "stepped":
        total = stepped(tuple(bands), value)
        if qualifying is None:
            return total
        return rounded(Fraction(base) * Fraction(total) / Fraction(value)) if value else ZERO
    if lever.basis == "fixed_amount":
        return band.amount or ZERO
    if lever.basis == "per_unit":
        return times(base, band.amount)
    rate = band.rate or ZERO
    if lever.basis == "linear" and band.upper is not None:
        before = bands[bands.index(band) - 1].rate if bands.index(band) else ZERO
        way = Fraction(max(value - band.lower, ZERO)) / Fraction(band.upper - band.lower)
        rate = (before or ZERO) + rounded(Fraction(rate - (before or ZERO)) * way)
    return times(base, rate)


def capped(amounts: list[Decimal], cap: Decimal, *, carried: bool) -> list[Decimal]:
    """What a cap for each period leaves of each period's amount, the rest lost or moved on."""
    left: list[Decimal] = []
    waiting = ZERO
    for amount in amounts:
        due = amount + waiting
        left.append(min(due, cap))
        waiting = due - left[-1] if carried else ZERO
    return left


def capped_together(amounts: list[Decimal], cap: Decimal) -> list[Decimal]:
    """What a cap over all periods leaves of each of them, the first ones first."""
    left: list[Decimal] = []
    total = so_far = ZERO
    for amount in amounts:
        total += amount
        left.append(min(total, cap) - so_far)
        so_far += left[-1]
    return left


def let_go(amounts: list[Decimal], least: Decimal) -> list[int | None]:
    """In which period each amount is paid, if small ones wait for a minimum."""
    when: list[int | None] = [None] * len(amounts)
    waiting: list[int] = []
    for place in range(len(amounts)):
        waiting.append(place)
        total = sum((amounts[each] for each in waiting), ZERO)
        if total < 0 or total >= least or total == 0:
            for each in waiting:
                when[each] = place
            waiting = []
    return when
