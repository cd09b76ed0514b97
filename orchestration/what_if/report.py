"""A simulation as people read it: in the terminal, as a page, and as CSV for whoever goes on."""

from __future__ import annotations

import base64
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape as plain

from orchestration.data_docs import STYLE
from orchestration.plots import GAIN, LOSS, as_png, figure
from orchestration.query import rows_table
from orchestration.settings import shown
from orchestration.what_if.comparison import Comparison, Found
from orchestration.what_if.proposal import Proposal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE = "index.html"
TOP = 5
TITLES = {
    "budget": "Budget by year, before and after",
    "levers": "Levers that pay something else",
    "partners": "Winners and losers",
    "tier_moves": "Tiers held instead of others",
}


@dataclass(frozen=True)
class Simulation:
    """A simulation that ended: what was tried, what came of it, and where it is written down."""

    name: str
    folder: Path
    proposal: Proposal
    comparison: Comparison
    known_on: date | None
    is_simulated_data: bool

    @property
    def page(self) -> Path:
        return self.folder / PAGE

    def facts(self) -> list[str]:
        """What a reader has to know about the figures, as sentences."""
        begin, end = self.comparison.history
        facts = [f"History: {begin:%Y-%m} to {end:%Y-%m}, as it was built last."]
        changed = ", ".join(f"{name}.csv" for name in self.proposal.changed)
        facts.append(f"Rows differ in {changed}." if changed else "No row differs.")
        if self.proposal.drafts:
            facts.append(f"Drafts count as approved: {', '.join(self.proposal.drafts)}.")
        if self.known_on is not None:
            facts.append(
                f"Read as known on {self.known_on}: rows are recorded after the day of the data."
            )
        if self.comparison.illustrative:
            facts.append(
                f"Illustrative: {', '.join(self.comparison.illustrative)}. At least one rule "
                "behind the amounts is invented or inferred."
            )
        if self.is_simulated_data:
            facts.append("Demo data: simulated, every name and amount is invented.")
        return facts

    def verdicts(self) -> list[str]:
        """A sentence for each program whose payout changes."""
        if not self.comparison.totals:
            return ["No amount changes."]
        said = []
        for (program, currency), (before, after) in self.comparison.totals.items():
            wins, loses, same = self.comparison.outcomes(program)
            said.append(
                f"{program}: {before:,.2f} becomes {after:,.2f} {currency} "
                f"({signed(after - before)}"
                f"{_percent(before, after)}). Partners that win: {wins}, lose: {loses}, "
                f"get the same: {same}."
            )
        return said

    def tables(self) -> Iterator[tuple[str, Found]]:
        """Tables worth showing, by title; of partners only those that win or lose most."""
        for name, title in TITLES.items():
            found = self.comparison[name]
            if name == "partners":
                found = Found(found.columns, list(_extremes(found)))
            if found.rows:
                yield title, found


def print_simulation(console: Console, simulation: Simulation) -> None:
    """The sentences, the tables, and where the rest is."""
    for verdict in simulation.verdicts():
        console.print(f"[bold]{plain(verdict)}[/bold]", highlight=False)
    for title, found in simulation.tables():
        rows = [tuple(cell_text(cell) for cell in row) for row in found.rows]
        table = rows_table(found.columns, rows, title)
        for column, cell in zip(table.columns, found.rows[0], strict=True):
            column.justify = "left" if isinstance(cell, str) else "right"
        console.print(table)
    for fact in simulation.facts():
        console.print(plain(fact), highlight=False)
    console.print(f"Page       {shown(simulation.page)}", highlight=False)
    console.print(f"All rows   {shown(simulation.folder)}/*.csv", highlight=False)


def write_simulation(simulation: Simulation) -> None:
    """Write the page and a CSV file a table; what was there before is replaced."""
    simulation.folder.mkdir(parents=True, exist_ok=True)
    for name, found in simulation.comparison.found.items():
        with (simulation.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(found.columns)
            writer.writerows(found.rows)
    simulation.page.write_text(_page(simulation), encoding="utf-8")


def outcome_plot(simulation: Simulation, program: str, currency: str) -> Figure:
    """Bars of the partners that win or lose most by a program."""
    found = Found(simulation.comparison["partners"].columns, list(
        _extremes(simulation.comparison["partners"], program)))  # fmt: skip
    rows = found.dicts()
    title = f"{program}: partners that win or lose most, {currency}"
    note = "Demo data: simulated, every name is invented." if simulation.is_simulated_data else ""
    with figure(title, note, height=1.2 + 0.28 * max(len(rows), 1)) as (drawing, axes):
        changes = [float(row["change"]) for row in rows]
        names = [f"{place}. {row['partner_name']}" for place, row in enumerate(rows, start=1)]
        axes.barh(names, changes, color=[GAIN if change > 0 else LOSS for change in changes])
        axes.axvline(0, color="#6b7785", linewidth=0.8)
        axes.invert_yaxis()
        axes.grid(axis="x")
        return drawing


def signed(amount: Decimal) -> str:
    """+1,200.00 or -1,200.00."""
    return f"{amount:+,.2f}"


def cell_text(cell: Any) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    if isinstance(cell, int):
        return f"{cell:,}"
    return "" if cell is None else str(cell)


def _percent(before: Decimal, after: Decimal) -> str:
    return f", {100 * (after - before) / before:+.1f} %" if before else ""


def _extremes(partners: Found, program: str | None = None) -> Iterator[tuple[Any, ...]]:
    """Of each program those that win or lose most, from the largest gain to the largest loss."""
    rows = partners.dicts()
    for one in dict.fromkeys(row["program_id"] for row in rows):
        if program not in (None, one):
            continue
        moved = [row for row in rows if row["program_id"] == one and row["change"]]
        wins = [row for row in moved if row["change"] > 0][:TOP]
        losses = [row for row in moved if row["change"] < 0][-TOP:]
        for row in [*wins, *losses]:
            yield tuple(row[column] for column in partners.columns)


def _page(simulation: Simulation) -> str:
    verdicts = "".join(f"<p><b>{escape(verdict)}</b></p>" for verdict in simulation.verdicts())
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in simulation.facts())
    plots = "".join(
        _image(outcome_plot(simulation, program, currency), f"Winners and losers of {program}")
        for program, currency in simulation.comparison.totals
    )
    tables = "".join(
        f"<h2>{escape(title)}</h2>{_table(found)}" for title, found in simulation.tables()
    )
    files = ", ".join(
        f'<a href="{name}.csv">{name}.csv</a>' for name in simulation.comparison.found
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What if: {escape(simulation.name)}</title>"
        f"<style>{STYLE} img {{ max-width: 100%; }} .number {{ text-align: right; }}</style>"
        "</head><body>"
        f"<h1>What if: {escape(simulation.name)}</h1>{verdicts}<ul>{facts}</ul>{plots}{tables}"
        f"<p>All rows: {files}</p></body></html>\n"
    )


def _image(drawing: Figure, text: str) -> str:
    png = base64.b64encode(as_png(drawing)).decode("ascii")
    return f'<img alt="{escape(text)}" src="data:image/png;base64,{png}">'


def _table(found: Found) -> str:
    head = ""
    for name, cell in zip(found.columns, found.rows[0], strict=True):
        kind = "" if isinstance(cell, str) else ' class="number"'
        head += f"<th{kind}>{escape(name.replace('_', ' '))}</th>"
    return f"<table><tr>{head}</tr>{''.join(map(_row, found.rows))}</table>"


def _row(row: Sequence[Any]) -> str:
    cells = "".join(
        f"<td>{escape(cell)}</td>"
        if isinstance(cell, str)
        else f'<td class="number">{escape(cell_text(cell))}</td>'
        for cell in row
    )
    return f"<tr>{cells}</tr>"
