"""README.txt of a partner's set: what each file and column is, and as of when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill

from orchestration.sharing.policy import MASK, OWN_MRR, SharedFile, Treatment

WIDTH = 100
GENERAL = (
    "Each table is here twice: as CSV (UTF-8, comma, decimal point, with header) for spreadsheets, "
    "and as Parquet, with exact types, for programs. Months are named by their first day. Empty "
    "means not known or not applicable; a column called ..._null_reason says why.",
    "In CSV, a text that a spreadsheet could take for a formula begins with an apostrophe.",
    "Only your own rows are here: your share of what you share with others, and of customers only "
    "the months at whose end you were of record with them, unless a table says otherwise.",
    "manifest.json names every file with its rows and its SHA-256.",
)
SIMULATED = "SIMULATED DATA: every name and amount is invented."


@dataclass(frozen=True)
class Described:
    """A file as the README tells of it: its columns in order, with descriptions."""

    file: SharedFile
    columns: Sequence[str]
    descriptions: Mapping[str, str]
    treatments: Mapping[str, Treatment]


@dataclass(frozen=True)
class Counts:
    """Rows of a partner's file, and how many of them are marked illustrative."""

    rows: int
    illustrative: int = 0


def readme(
    title: str,
    facts: Mapping[str, str],
    is_simulated: bool,
    described: Sequence[Described],
    counts: Mapping[str, Counts],
) -> str:
    """The text: whose files, of which publication, then file by file and column by column."""
    parts = [_clean(title), "=" * min(len(_clean(title)), WIDTH), ""]
    parts += [f"{name:<14} {value}" for name, value in facts.items()]
    if is_simulated:
        parts += ["", SIMULATED]
    for text in GENERAL:
        parts += ["", fill(text, WIDTH)]
    for one in described:
        parts += ["", "", *_file(one, counts[one.file.name])]
    return "\n".join(parts) + "\n"


def _file(one: Described, counts: Counts) -> list[str]:
    name = one.file.name
    heading = f"{name}.csv, {name}.parquet: {counts.rows:,} row{'' if counts.rows == 1 else 's'}"
    lines = [heading, "-" * len(heading), fill(one.file.about, WIDTH)]
    if one.file.months:
        lines.append(f"The last {one.file.months} months are here.")
    if one.file.note:
        lines.append(fill(one.file.note, WIDTH))
    if counts.illustrative:
        lines.append(
            fill(
                f"{counts.illustrative:,} of the rows are illustrative (column verification): a "
                "rule behind them is invented or inferred, and no public source stands behind it.",
                WIDTH,
            )
        )
    width = max(map(len, one.columns)) + 2
    lines.append("")
    for column in one.columns:
        text = _clean(_column(one, column))
        indent = " " * (width + 2)
        lines.append(
            fill(text, WIDTH, initial_indent=f"  {column:<{width}}", subsequent_indent=indent)
        )
    return lines


def _column(one: Described, column: str) -> str:
    text = one.descriptions.get(column, "").strip().rstrip(".")
    treatment = one.treatments.get(column)
    if treatment and treatment.kind == MASK:
        return f"{text}. A pseudonym where it is a person: the same in every set"
    if treatment and treatment.kind == OWN_MRR:
        return "MRR that you are credited with of this customer, in reporting currency"
    return text


def _clean(text: str) -> str:
    """In one line, without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
