"""Writes docs/bad_input.md from what the tests counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from oracle import TABLES

from orchestration.settings import PROJECT_DIR

PARTS = {
    "mutations", "corpus", "extremes", "random text", "types", "order", "delivery of subscription",
    "delivery of subscription_item", "delivery of invoice_line_item",
}  # fmt: skip
REPORT = PROJECT_DIR / "docs" / "bad_input.md"


@dataclass
class Findings:
    """Counts of a run, and the tests that passed in it: the page is of a run in which all did."""

    mutations: Counter[str] = field(default_factory=Counter)
    columns: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    corpus: int = 0
    figures: dict[str, int] = field(default_factory=dict)
    extremes: int = 0
    examples: int = 0
    random_cells: int = 0
    builds: int = 0
    rows: int = 0
    identities: int = 0
    passed: set[str] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        return self.passed == PARTS


def write_report(findings: Findings) -> None:
    REPORT.write_text(_text(findings), encoding="utf-8")


def _text(found: Findings) -> str:
    columns = sum(len(table.columns) for table in TABLES.values())
    kinds = "".join(f"| {kind} | {count:,} |\n" for kind, count in found.mutations.most_common())
    reasons = "".join(f"| `{kind}` | {count:,} |\n" for kind, count in found.reasons.most_common())
    certified = ", ".join(f"{count:,} of `{name}`" for name, count in found.figures.items())
    return f"""# Bad input

Written by `make test-fuzz`; do not edit. What happens to certified figures when raw data is damaged:

- **{sum(found.mutations.values()):,} mutations** of single cells and rows: every kind of damage that fits, for
  each of the {found.columns:,} columns of {len(TABLES)} raw tables (the contract has {columns:,}).
- **{found.corpus} fixed cases** with the reason that a person expects
  ([corpus.csv](../tests/fuzz/corpus.csv)).
- **{found.random_cells:,} cells of random text** in {found.examples} builds, up to three in a row, by Hypothesis.
- **{found.extremes} extremes** that the contract allows by themselves: the largest price for the largest
  quantity, a delivery in 2099, exchange rates at both ends.

Each spoiled row of a revenue table has a paying customer of its own around it, so that the damage
travels as far as it can. Beside them live the customers of the worked examples, whom it does not concern.

| found | |
|---|---:|
| crashes without a named cause | 0 |
| certified rows of untouched customers that changed | 0 |
| rows judged otherwise than the contract says | 0 |
| accepted values that differ from what landed | 0 |
| rows landed, and not accepted, quarantined or superseded | 0 |

Each line is an assertion on every build: a run that finds one fails, and this page is written only by a run in
which all held. {found.builds} builds judged {found.rows:,} rows. Certified rows that were compared in each: {certified}.
The {found.identities} data tests of the project (keys, relations, identities) held in each. The same rows in another order,
and with other column types (instants with a zone, whole numbers as floating point, booleans as numbers), made the
same figures.

## Kinds of damage

| kind | mutations |
|---|---:|
{kinds}
## Where the rows went

Of the {sum(found.statuses.values()):,} rows of the build with all mutations {found.statuses["accepted"]:,} were accepted,
{found.statuses["quarantined"]:,} quarantined and {found.statuses["superseded"]:,} superseded. Much of the damage is
harmless (a strange name, a price in small letters) and is accepted as it is. A row that is
quarantined takes along what belongs to it: `orphan_key` and `unknown_price` are mostly those.

| reason | rows |
|---|---:|
{reasons}
## What it found

Each of these once passed, and is now refused, named or read right:

| damage | what it did | now |
|---|---|---|
| an offset in a date text (`00:30+02:00`) | was dropped: the instant was wrong by it, and with it the day | counts |
| a row delivered in 2099 | moved the month that all figures end with to 2099 | `impossible_date`, when no other table was delivered within 31 days before |
| the largest price for the largest quantity; the largest amount in yen; a minimum of 18 digits | stopped the build without a name | the item is held back as `implausible_amount` |
| an exchange rate near nothing | stopped the build without a name | is no rate; the items are held back as `missing_rate` |
| lines of a CSV file that begin with `#` | were taken for comments and never landed | are rows |
| an extract without a column that is needed | quarantined every row: figures fell to nothing | the run stops and names the column |
| an amount off in an unknown currency, or in none | took nothing off: MRR was too high | the coupon is quarantined |
| a repeating coupon without months | the same | the same |
| a byte order mark, or a blank of no width, in an id | made another id | `damaged_text` |
| blanks in place of a value | were a value: an orphan, an unknown status | are nothing |
| minutes that do not fit as seconds | stopped the build without a name | `out_of_range` |

## How it is judged

`tests/fuzz/oracle.py` reads the contract and works out in Python what should become of each row, without
any SQL of the warehouse. The warehouse may name any rule that the row breaks as the reason, and no other.
The values of accepted rows are compared one by one with what landed.

Files are damaged too ([test_files.py](../tests/fuzz/test_files.py)): bytes that are not UTF-8, half lines, lines that
look like comments, missing columns, other column types. The run then stops and says which file, table and
column, and what to do.
"""
