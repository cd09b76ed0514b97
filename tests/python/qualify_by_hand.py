"""Scores and tiers counted in plain loops, month after month, sharing nothing with the SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

SIX = Decimal("0.000001")
AUDIT_MONTH = 3


def six_places(number: Fraction) -> Decimal:
    """Half up, as the warehouse rounds."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(SIX, ROUND_HALF_UP)


@dataclass(frozen=True)
class Component:
    """One component: `size` is the threshold, the step, or the value of a unit in points."""

    path: str
    function: str
    size: Decimal
    unit_points: Decimal
    max_points: Decimal
    weight: Decimal
    unscored: str = ""
    bands: tuple[tuple[Decimal, Decimal], ...] = ()

    @property
    def upper_bounds(self) -> list[Decimal]:
        """One fewer than there are bands: the last is open."""
        return [lower for lower, _ in self.bands[1:]]

    def points(self, value: Decimal | None) -> Decimal:
        if self.unscored:
            return Decimal(0)
        amount = Fraction(max(value or Decimal(0), Decimal(0)))
        most, size = Fraction(self.max_points), Fraction(self.size)
        earned = {
            "linear_to_cap": lambda: min(amount, size) / size * most,
            "per_unit": lambda: amount * Fraction(self.unit_points),
            "step": lambda: amount // size * Fraction(self.unit_points),
            "boolean": lambda: most if amount > 0 and amount >= size else Fraction(0),
            "ratio": lambda: amount * most,
            "band": lambda: self._band(value),
        }[self.function]()
        return min(six_places(earned), self.max_points)

    def _band(self, value: Decimal | None) -> Fraction:
        found = Fraction(0)
        for lower, points in self.bands:
            if value is not None and value >= lower:
                found = Fraction(points)
        return found


@dataclass(frozen=True)
class Card:
    is_average: bool
    needs_every_component: bool
    components: tuple[Component, ...]

    def judge(self, values: Sequence[Decimal | None]) -> tuple[Decimal | None, bool]:
        """Score of the path with the highest total, and whether each component of it is above 0."""
        best: tuple[Decimal, bool] | None = None
        for path in sorted({component.path for component in self.components}):
            judged = self._path(path, values)
            if judged and (best is None or judged > best):
                best = judged
        return best or (None, True)

    def _path(self, path: str, values: Sequence[Decimal | None]) -> tuple[Decimal, bool] | None:
        total = whole = counted = Fraction(0)
        every = True
        for component, value in zip(self.components, values, strict=True):
            if component.path != path:
                continue
            points = component.points(value)
            share = Fraction(component.weight if self.is_average else component.max_points)
            whole += share
            counted += share if component.unscored != "redistribute" else 0
            total += Fraction(six_places(Fraction(points) * Fraction(component.weight))
                              if self.is_average else points)  # fmt: skip
            every &= bool(component.unscored) or points > 0
        if not counted:
            return None
        score = total / counted if self.is_average else total * whole / counted
        return six_places(score), every or not self.needs_every_component


@dataclass(frozen=True)
class Tier:
    rank: int
    min_score: Decimal
    qualification: str
    window: int
    validity: int | None
    grace: int
    protection: int | None
    protected_before: int | None
    promotion: str

    def held(self, reached: Sequence[bool], first_month: int) -> list[bool]:
        """By month, walking forwards; months are counted from January of year 0."""
        until = grace_until = -1
        protected_until = -1
        run = 0
        result = []
        for month, is_reached in enumerate(reached, first_month):
            run = run + 1 if is_reached else 0
            is_audit = month % 12 + 1 == AUDIT_MONTH
            qualified = is_reached and (self.qualification != "continuous" or run >= self.window)
            award = qualified and (self.promotion != "at_audit" or is_audit)
            before = (until, grace_until, protected_until)
            if award:
                until = max(until, self._end(month, is_audit))
                grace_until = max(grace_until, self._end(month, is_audit) + self.grace)
                if self.protection is not None:
                    if self.protected_before is None:
                        protected_until = month + self.protection
                    elif month < self.protected_before:
                        protected_until = self.protected_before + self.protection
            ends = before if self.promotion == "at_audit" else (until, grace_until, protected_until)
            result.append(max(ends) > month)
        return result

    def _end(self, month: int, is_audit: bool) -> int:
        """First month without it, were this the last month that reaches it."""
        if self.qualification == "on_audit_date" or self.promotion == "at_audit":
            if is_audit:
                return month + 1 + (self.validity or 12)
            following = month
            while following % 12 + 1 != AUDIT_MONTH:
                following += 1
            return following + 1
        window = self.window if self.qualification == "any_day_in_window" else 1
        return month + max(window, self.validity or 1)
