"""Figures as people read them. Nothing is computed here but what is shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from orchestration.program_report.reading import Effect, Measure

NOT_ENOUGH = "not enough data"
NBSP = "\u00a0"  # a figure and its unit stay on one line
# What comes after it: what the reason is called in the tables, and how a person says it.
REASONS = {
    "fewer_than_12_months": "fewer than twelve months are known",
    "nothing_paid": "nothing was paid in twelve months",
    "more_taken_back_than_earned": "more was taken back than earned",
    "empty_cohort": "there was no customer twelve months before",
    "not_enough_data": "",
}
TRENDS = {"rising": "▲ rising", "falling": "▼ falling", "steady": "▬ steady", "no_comparison": ""}
# Whether the direction that a figure takes is the one that is wanted.
WANTED = {"up": "rising", "down": "falling"}


def because(reason: str | None) -> str:
    """Not enough data, and why."""
    why = REASONS.get(reason or "", (reason or "").replace("_", " "))
    return f"{NOT_ENOUGH}: {why}" if why else NOT_ENOUGH


def percent(share: Decimal | None) -> str:
    return "" if share is None else f"{100 * share:,.1f}{NBSP}%"


def points(difference: Decimal | None) -> str:
    """A difference of two shares, in percentage points, with its sign."""
    return "" if difference is None else f"{signed(100 * difference)}{NBSP}points"


def signed(value: Decimal) -> str:
    """With one place and a sign, unless it rounds to nothing."""
    text = f"{value:+,.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def figure_text(value: Decimal | None, unit: str) -> str:
    """A value in its unit: share and ratio as per cent, gap in points, hours as hours."""
    if value is None:
        return ""
    if unit == "gap":
        return points(value)
    return f"{value:,.1f}{NBSP}hours" if unit == "hours" else percent(value)


def change_text(measure: Measure) -> str:
    if measure.value_change is None:
        return ""
    if measure.unit == "hours":
        return f"{signed(measure.value_change)}{NBSP}hours"
    return points(measure.value_change)


def target_text(measure: Measure) -> str:
    """The target with its direction: at least, at most, or within so much of nothing."""
    if measure.target is None:
        return ""
    figure = figure_text(measure.target, "share" if measure.unit == "gap" else measure.unit)
    words = {"up": "at least", "down": "at most", "to_zero": "within"}
    if measure.good_direction == "to_zero":
        return f"within {100 * measure.target:,.0f} points"
    return f"{words.get(measure.good_direction, '')} {figure}".strip()


def trend_kind(measure: Measure) -> str:
    """good, bad or neutral: whether the figure moves the way that is wanted."""
    if measure.trend not in ("rising", "falling") or measure.good_direction not in WANTED:
        return "neutral"
    return "good" if WANTED[measure.good_direction] == measure.trend else "bad"


def on_target(measure: Measure) -> str:
    return {True: "reached", False: "not reached", None: ""}[measure.is_on_target]


def interval(effect: Effect) -> str:
    """The difference with its 95 % interval, in percentage points."""
    if effect.difference is None or effect.difference_low is None or effect.difference_high is None:
        return NOT_ENOUGH
    low, high = (signed(100 * one) for one in (effect.difference_low, effect.difference_high))
    return f"{points(effect.difference)} ({low} to {high})"


def in_short(definition: str) -> str:
    """The first sentence of a definition; the catalogue has the rest."""
    return definition.split(". ")[0].rstrip(".") + "."


def share(part: int, whole: int) -> str:
    """A share of counts with their sizes, or that there is none."""
    return (
        f"{part / whole:.1%} ({part:,} of {whole:,})".replace("%", f"{NBSP}%")
        if whole
        else NOT_ENOUGH
    )


def money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:,.0f}"


def month(day: date) -> str:
    return f"{day:%B %Y}"
