"""Rules about bands: no gap, no overlap, and a figure that fits the way they are read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from orchestration.programs.book import Book, grouped, in_force_at_once
from orchestration.programs.problems import Problem
from orchestration.programs.rows import Row

# What a band is for besides its bounds: bands of one of each follow each other.
SORTS = ("condition_key", "scope_id", "tier_id")
BY_AMOUNT = ("per_unit", "fixed_amount")


def broken_rate_bands(book: Book) -> Iterator[Problem]:
    """Bands of a lever that overlap or leave a gap, or mix those for something and for anything."""
    for rows in _of_one(book, "rate_bands", "lever_id"):
        for sort in SORTS:
            empty = next((row for row in rows if not row.text(sort)), None)
            named = next((row for row in rows if row.text(sort)), None)
            if empty and named:
                what = f"line {named.line} is for {named.text(sort)} only, so two bands fit there"
                yield empty.problem(sort, what, "Name it in all bands of the lever, or in none.")
        for band in grouped(rows, lambda row: tuple(row.text(sort) for sort in SORTS)).values():
            yield from _chain(band)


def broken_score_bands(book: Book) -> Iterator[Problem]:
    """Bands of a component that overlap or leave a gap."""
    for rows in _of_one(book, "score_bands", "component_id"):
        yield from _chain(rows)


def misread_bands(book: Book) -> Iterator[Problem]:
    """Bands that do not have what the lever's basis reads; levers without a band."""
    for lever in book.rows["levers"]:
        basis = lever.text("rate_basis")
        bands = book.find("rate_bands", lever.version, "lever_id", lever.text("lever_id"))
        if not bands:
            what, remedy = "it has no band", "Add its rate, or amount, to rate_bands.csv."
            yield lever.problem("lever_id", what, remedy)
        read, unread = ("amount", "rate") if basis in BY_AMOUNT else ("rate", "amount")
        for band in bands:
            if band[read] is None:
                remedy = f"Fill it in, or change the basis in levers.csv, line {lever.line}."
                yield band.problem(read, f"{basis} reads it, and it is empty", remedy)
            if band[unread] is not None:
                remedy = f"Leave it empty, or change the basis in levers.csv, line {lever.line}."
                yield band.problem(unread, f"{basis} does not read it", remedy)
            if (band.text("tier_id") == "") == (basis == "tier_lookup"):
                what = f"{basis} {'needs' if basis == 'tier_lookup' else 'does not read'} a tier"
                yield band.problem("tier_id", what, "Fill it in for tier_lookup only.")
        if basis == "target_attainment" and lever["target_value"] is None:
            what, remedy = "target_attainment needs a target", "Say what 100 percent is."
            yield lever.problem("target_value", what, remedy)


def _of_one(book: Book, file: str, column: str) -> Iterator[list[Row]]:
    """Rows of one lever, or component, that are in force at once."""
    for rows in grouped(book.rows[file], lambda row: (row.version, row.text(column))).values():
        yield from in_force_at_once(rows)


def _chain(rows: list[Row]) -> Iterator[Problem]:
    """Bands in the order of their lower ends have to meet; only the last one is open."""
    ordered = sorted(rows, key=lambda row: row.number("lower_bound"))
    for row in ordered:
        upper = row["upper_bound"]
        if isinstance(upper, Decimal) and upper <= row.number("lower_bound"):
            what = f"it is not above lower_bound ({row['lower_bound']})"
            yield row.problem("upper_bound", what, "Raise it, or leave it empty on the last band.")
    for before, row in pairwise(ordered):
        end, begin = before["upper_bound"], row.number("lower_bound")
        if not isinstance(end, Decimal) or end > begin:
            above = "any value" if end is None else end
            what = f"the band of line {before.line} goes up to {above}"
            yield row.problem("lower_bound", what, "Let each band begin where the one below ends.")
        elif end < begin:
            what = f"values from {end} on are in no band: that of line {before.line} ends there"
            yield row.problem("lower_bound", what, "Let each band begin where the one below ends.")
    if ordered and ordered[-1]["upper_bound"] is not None:
        what = "values from there on are in no band"
        remedy = "Leave it empty on the last band; measure_cap and limits bound what is paid."
        yield ordered[-1].problem("upper_bound", what, remedy)
