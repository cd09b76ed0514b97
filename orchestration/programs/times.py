"""Rules about time: dates that contradict, and rows that say two things of one day."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.programs.book import Book, are_together, grouped
from orchestration.programs.contract import VERSION
from orchestration.programs.problems import Problem
from orchestration.programs.rows import NO_BEGIN, NO_END, Row

# Column pairs of which the first has to be before the second.
ORDERED = (
    ("valid_from", "valid_to"),
    ("recorded_on", "superseded_on"),
    ("enforced_from", "enforced_to"),
    ("applies_retroactively_from", "enforced_from"),
    ("recorded_on", "expires_on"),
    ("period_start", "period_end"),
)


def contradicting_dates(book: Book) -> Iterator[Problem]:
    """An end that is not after its beginning."""
    for row in _all_rows(book):
        for first, second in ORDERED:
            begin, end = row.values.get(first), row.values.get(second)
            if begin and end and row.day(first, NO_BEGIN) >= row.day(second, NO_END):
                what = f"it is not after {first} ({begin})"
                yield row.problem(second, what, f"Correct one of the two, or leave {second} empty.")


def known_too_late(book: Book) -> Iterator[Problem]:
    """A version that is enforced before anybody knew of it, and does not say that it reaches back.

    Only what was known first counts: later rows of the same version replace it.
    """
    for rows in grouped(book.rows["program_versions"], lambda row: row.text(VERSION)).values():
        row = min(rows, key=lambda row: row.known)
        if row.known[0] > row.day("enforced_from", NO_END):
            yield row.problem(
                "recorded_on",
                f"it is after enforced_from ({row['enforced_from']})",
                "Enter new terms before they are enforced. If they reach back, let enforced_from "
                "be the day they were announced for, and say applies_retroactively_from.",
            )


def outside_its_version(book: Book) -> Iterator[Problem]:
    """A rule for periods that its version does not apply to."""
    for row in _all_rows(book):
        span = book.spans.get(row.version)
        if not span or row.file == "program_versions":
            continue
        begin, end = row.valid
        if begin >= span.end or end <= span.begin:
            column = "valid_from" if begin >= span.end else "valid_to"
            what = f"{row.version} applies from {span.begin} to {_told(span.end)}"
            yield row.problem(column, what, "Let the rule apply within its version's time.")


def said_twice(book: Book) -> Iterator[Problem]:
    """Two rows with one key that apply, and are known, at the same time."""
    for name, contract in book.files.items():
        key = ((VERSION,) if contract.is_of_version else ()) + contract.key
        for same in grouped(book.rows[name], lambda row, key=key: _key(row, key)).values():  # type: ignore[misc]
            for place, row in enumerate(same):
                first = next((one for one in same[:place] if are_together(one, row)), None)
                if first:
                    yield row.problem(
                        contract.key[-1],
                        f"line {first.line} says the same {' and '.join(contract.key)} for the "
                        "same time",
                        "Give it another id; or end the earlier row: valid_to if the rule changed "
                        "from a day on, superseded_on if it was found out to be another.",
                    )


def two_versions_at_once(book: Book) -> Iterator[Problem]:
    """Two versions of a program that begin on the same day: neither takes over from the other."""
    programs = grouped(
        book.rows["program_versions"], lambda row: (row.text("program_id"), row["enforced_from"])
    )
    for rows in programs.values():
        for place, row in enumerate(rows):
            for one in rows[:place]:
                is_other = one.text(VERSION) != row.text(VERSION)
                both_count = "draft" not in (one["status"], row["status"])
                if is_other and both_count and are_together(one, row):
                    yield row.problem(
                        "enforced_from",
                        f"{one.text(VERSION)} (line {one.line}) begins on the same day",
                        "Let one begin later, or make it a draft.",
                    )


def broken_calendars(book: Book) -> Iterator[Problem]:
    """Fiscal periods that are not whole months, or do not follow each other."""
    calendars = grouped(
        book.rows["fiscal_periods"], lambda row: (row["program_id"], row["frequency"])
    )
    for rows in calendars.values():
        ordered = sorted(rows, key=lambda row: row.day("period_start", NO_BEGIN))
        for place, row in enumerate(ordered):
            for column in ("period_start", "period_end"):
                if row.day(column, NO_BEGIN).day != 1:
                    remedy = "Map each week to a whole month: figures are by month."
                    yield row.problem(column, "it is not the first day of a month", remedy)
            if place and row["period_start"] != ordered[place - 1]["period_end"]:
                end = ordered[place - 1].text("period_end")
                what = f"the period before it ends on {end}"
                yield row.problem("period_start", what, "Let each begin where the last one ends.")


def _all_rows(book: Book) -> Iterator[Row]:
    for rows in book.rows.values():
        yield from rows


def _key(row: Row, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(row.text(column) for column in columns)


def _told(end: object) -> str:
    return "now" if end == NO_END else str(end)
