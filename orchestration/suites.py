"""What the modules in `expectations/` are made of, and the thresholds that they are judged by.

A suite is a few small data frames on one certified table. A frame's query gives a `subject` (what
a row is about, in words) and numbers, its measures; `thresholds.csv` bounds each measure. So code
says what is measured, data says what is still plausible, who decided that and why.
"""

from __future__ import annotations

import csv
import importlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.errors import PartnerMetricsError
from orchestration.settings import PROJECT_DIR

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

FOLDER = PROJECT_DIR / "expectations"
THRESHOLDS = FOLDER / "thresholds.csv"
BLOCKING, WARNING = "blocking", "warning"
SUBJECT = "subject"
COLUMNS = ("id", "table", "what", "minimum", "maximum", "severity", "owner", "reason")
# For frames: a condition for months that can still move, and what no row of a comparison means.
OPEN_MONTHS = (
    "month_start > coalesce((select max(month_start) from certified.closed_months), "
    "date '1900-01-01')"
)
NOTHING_BEFORE = "No earlier publication says this, so there is nothing to compare with."
PARTS_OF_ONE = ("_share", "_change", "_rate", "_incidence", "nrr", "grr", "_retention")
# What Great Expectations calls the two.
GX_SEVERITY = {BLOCKING: "critical", WARNING: "warning"}


@dataclass(frozen=True)
class Frame:
    """Rows of one query on the build file: a `subject`, and a number for each of `measures`.

    `measures` says in words what each column is. A row without a value is not judged; `if_empty`
    says what it means when no row has one.
    """

    sql: str
    measures: Mapping[str, str]
    if_empty: str


@dataclass(frozen=True)
class Suite:
    """All that is expected of a certified table; `description` says what it protects from.

    The subjects of a suite `of_inputs` are sources (`stripe`) or their tables (`stripe.invoice`):
    what is outside can then be followed to the metrics that stand on it.
    """

    table: str
    title: str
    description: str
    frames: tuple[Frame, ...]
    of_inputs: bool = False

    @property
    def measures(self) -> dict[str, str]:
        return {name: text for frame in self.frames for name, text in frame.measures.items()}

    def frame_of(self, measure: str) -> Frame:
        return next(frame for frame in self.frames if measure in frame.measures)


@dataclass(frozen=True)
class Threshold:
    """One row of thresholds.csv: a measure's bounds; `severity` is blocking or warning."""

    id: str
    table: str
    what: str
    minimum: float | None
    maximum: float | None
    severity: str
    owner: str
    reason: str

    def distance(self, value: float) -> float:
        """How far a value is outside; below zero inside."""
        below = -math.inf if self.minimum is None else self.minimum - value
        above = -math.inf if self.maximum is None else value - self.maximum
        return max(below, above)

    @property
    def bounds(self) -> str:
        """The bounds in words, such as `0% to 25%`."""
        if self.minimum is not None and self.minimum == self.maximum:
            return f"exactly {shown(self.what, self.minimum)}"
        if self.maximum is None:
            return f"at least {shown(self.what, self.minimum or 0.0)}"
        if self.minimum is None:
            return f"at most {shown(self.what, self.maximum)}"
        return f"{shown(self.what, self.minimum)} to {shown(self.what, self.maximum)}"


def shown(measure: str, value: float) -> str:
    """A value for people: measures with such names are parts of one."""
    if measure.endswith(PARTS_OF_ONE):
        return f"{value:,.2%}".replace(".00%", "%")
    return f"{value:,.2f}".removesuffix(".00")


def load_suites(folder: Path = FOLDER) -> list[Suite]:
    """The suite of every module in the folder, by table; none when there is no folder."""
    return [
        importlib.import_module(f"{folder.name}.{path.stem}").SUITE
        for path in sorted(folder.glob("[a-z]*.py"))
    ]


def read_thresholds(suites: Iterable[Suite], path: Path = THRESHOLDS) -> list[Threshold]:
    """All thresholds, in file order; raises PartnerMetricsError that names every bad field."""
    known = {suite.table: suite for suite in suites}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise PartnerMetricsError(f"{path}, row 1: the columns must be {', '.join(COLUMNS)}.")
        numbered = list(enumerate(reader, start=2))
    problems: list[str] = []
    thresholds: dict[str, Threshold] = {}
    for number, row in numbered:
        found = list(_problems(row, known, thresholds))
        problems += [f"row {number}, column {column}: {problem}" for column, problem in found]
        if not found:
            thresholds[row["id"]] = _threshold(row)
    judged = {(threshold.table, threshold.what) for threshold in thresholds.values()}
    for suite in known.values() if not problems else ():
        problems += [
            f"{suite.table} measures {measure}, and no row says what is plausible"
            for measure in suite.measures
            if (suite.table, measure) not in judged
        ]
    if problems:
        raise PartnerMetricsError(f"{path} cannot be used:\n  " + "\n  ".join(problems))
    return list(thresholds.values())


def gx_suite(suite: Suite, thresholds: Iterable[Threshold]) -> ExpectationSuite:
    """The suite as Great Expectations runs it: one expectation a threshold."""
    import great_expectations as gx
    from great_expectations.expectations.core.expect_column_values_to_be_between import (
        ExpectColumnValuesToBeBetween,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity

    return gx.ExpectationSuite(
        name=suite.table,
        expectations=[
            ExpectColumnValuesToBeBetween(
                column=threshold.what,
                min_value=threshold.minimum,
                max_value=threshold.maximum,
                severity=FailureSeverity(GX_SEVERITY[threshold.severity]),
                description=f"{suite.measures[threshold.what]}: {threshold.bounds}",
                notes=threshold.reason,
                meta={"id": threshold.id, "owner": threshold.owner},
            )
            for threshold in thresholds
            if threshold.table == suite.table
        ],
    )


def _problems(
    row: dict[str, str], known: dict[str, Suite], before: dict[str, Threshold]
) -> Iterable[tuple[str, str]]:
    """Column and problem of everything that is wrong with a row."""
    if None in row or None in row.values():
        yield "reason", f"the row has not {len(COLUMNS)} fields"
        return
    if not re.fullmatch(r"[a-z][a-z0-9_]*", row["id"]):
        yield "id", f"{row['id']!r} is not a name in small letters, digits and underscores"
    elif row["id"] in before:
        yield "id", f"{row['id']!r} stands in an earlier row too"
    if row["table"] not in known:
        yield "table", f"{row['table']!r} has no module in {FOLDER.name}/"
    elif row["what"] not in known[row["table"]].measures:
        yield "what", f"{row['what']!r} is not measured by {FOLDER.name}/{row['table']}.py"
    bounds = {}
    for column in ("minimum", "maximum"):
        try:
            bounds[column] = _number(row[column])
        except ValueError:
            yield column, f"{row[column]!r} is not a number"
    if bounds == {"minimum": None, "maximum": None}:
        yield "minimum", "without a minimum or a maximum nothing is judged"
    low, high = bounds.get("minimum"), bounds.get("maximum")
    if low is not None and high is not None and low > high:
        yield "maximum", f"{row['maximum']} is below the minimum, {row['minimum']}"
    if row["severity"] not in GX_SEVERITY:
        yield "severity", f"{row['severity']!r} is neither {BLOCKING} nor {WARNING}"
    for column in ("owner", "reason"):
        if not row[column].strip():
            yield column, "is empty"


def _threshold(row: dict[str, str]) -> Threshold:
    return Threshold(
        id=row["id"],
        table=row["table"],
        what=row["what"],
        minimum=_number(row["minimum"]),
        maximum=_number(row["maximum"]),
        severity=row["severity"],
        owner=row["owner"].strip(),
        reason=row["reason"].strip(),
    )


def _number(text: str) -> float | None:
    """None for an empty field; only plain numbers count, so that nan and inf are refused."""
    if not text.strip():
        return None
    if not re.fullmatch(r"-?\d+(\.\d+)?", text.strip()):
        raise ValueError(text)
    return float(text)


def rows_compared(table: str) -> Frame:
    """How many rows a certified table has against the last publication."""
    return Frame(
        sql=f"""
            with now as (select count(*) as row_count from certified.{table}),

            said as (select count(*) as row_count from before.{table})

            select 'the whole table' as subject, now.row_count / said.row_count - 1 as rows_change
            from now
            cross join said
            where said.row_count > 0
        """,
        measures={"rows_change": "Change of the number of rows since the last publication"},
        if_empty=NOTHING_BEFORE,
    )


def rows_lost(table: str, keys: Sequence[str], measure: str, what: str) -> Frame:
    """How many rows of the last publication, told by `keys`, a certified table has no more."""
    same = " and ".join(f"said.{key} = now.{key}" for key in keys)
    return Frame(
        sql=f"""
            select
                'the last publication' as subject,
                count(*) filter (where now.{keys[0]} is null) as {measure}
            from before.{table} as said
            left join certified.{table} as now on {same}
            having count(*) > 0
        """,
        measures={measure: what},
        if_empty=NOTHING_BEFORE,
    )


def months_behind(calendar: str) -> Frame:
    """How far the end of a certified calendar is from the last complete month."""
    return Frame(
        sql=f"""
            select
                'the end of the calendar' as subject,
                date_diff('month', max(calendar.month_start), max(as_of.last_complete_month))
                    as months_behind
            from certified.{calendar} as calendar
            cross join intermediate.int_as_of as as_of
        """,
        measures={"months_behind": "Months from the end to the last complete month"},
        if_empty="The calendar is empty.",
    )


def missing_shares(table: str, columns: Mapping[str, str], where: str = "true") -> Frame:
    """Rows without a value, of a certified table's rows; `columns` says what is missing."""
    shares = ", ".join(
        f"avg(({column} is null or {column} = 'unknown')::int) as {column}_missing_share"
        for column in columns
    )
    return Frame(
        sql=f"""
            select 'the whole table' as subject, {shares}
            from certified.{table}
            where {where}
            having count(*) > 0
        """,
        measures={f"{column}_missing_share": text for column, text in columns.items()},
        if_empty="The table is empty.",
    )
