"""Why a statement line is what it is, step by step, down to invoice lines.

python -m orchestration.statements.explain <statement_line_id or line_key>
make explain LINE=...
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby

import duckdb
from rich.console import Console
from rich.markup import escape

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.query import rows_table, terminal_console
from orchestration.settings import load_settings
from orchestration.statements.reading import (
    InvoiceLine,
    Line,
    Piece,
    Step,
    find_lines,
    invoice_lines_of,
    pieces_of,
    published,
    steps_of,
)

MOST_PIECES = 12
CREDITED = (
    "  Amounts as credited: the partner's share, in the program's currency at the month-end rate, "
    "MRR for one month.\n  Invoice lines as billed."
)
ILLUSTRATIVE = "illustrative"
RATES = {"rate_bands", "exception_grants", "accelerators"}
STEP_COLUMNS = ["step", "", "on", "rule says", "gives", "rule"]


def main() -> None:
    """Explain the line that the arguments name, or every line of its key."""
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        raise PartnerMetricsError(
            "Say which line: make explain LINE=<statement_line_id>. `make statement PARTNER=... "
            "MONTH=...` shows them."
        )
    with published(load_settings()) as connection:
        for line in find_lines(connection, sys.argv[1].strip()):
            explain(connection, line, terminal_console())


def explain(connection: duckdb.DuckDBPyConnection, line: Line, console: Console) -> None:
    """Print amount, steps, pieces and sums of a line."""
    steps = steps_of(connection, line)
    pieces = pieces_of(connection, line)
    for text in heading(line):
        console.print(escape(text), highlight=False)
    if not steps:
        console.print(escape(without_steps(line)), highlight=False)
        return
    rows = [step_row(step, line) for step in steps]
    console.print(rows_table(STEP_COLUMNS, rows, "Step by step"))
    for text in sources(steps):
        console.print(escape(text), highlight=False)
    if pieces:
        console.print()
        console.print(f"Paid on {_pieces_in_words(pieces)}", highlight=False)
        console.print(CREDITED, highlight=False)
        for piece in pieces[:MOST_PIECES]:
            console.print(escape(piece_text(piece)), highlight=False)
            for invoice_line in invoice_lines_of(connection, piece):
                console.print(escape(invoice_text(invoice_line)), highlight=False)
        if len(pieces) > MOST_PIECES:
            rest = sum((piece.amount for piece in pieces[MOST_PIECES:]), Decimal(0))
            console.print(
                f"  and {len(pieces) - MOST_PIECES} more, {number(rest)} together: "
                "certified.incentive_base_lines",
                highlight=False,
            )
    console.print()
    for text in sums(line, steps, pieces):
        console.print(escape(text), highlight=False)
    console.print()


def heading(line: Line) -> list[str]:
    """What the amount is, for whom, for what and when; and whether it is illustrative."""
    who = line.partner_name
    if line.payee_kind != "company":
        who += f", {line.payee_kind.replace('_', ' ')} {line.payee_id}"
    customer = f", customer {line.customer_name or line.customer_id}" if line.customer_id else ""
    texts = [
        f"{number(line.amount)} {line.currency} ({line.bucket}, {line.entry.replace('_', ' ')}, "
        f"{line.status}) for {who}",
        f"{line.program_name}, version {line.version_name}: {line.lever_name}{customer}",
        f"For {line.period_start} to before {line.period_end}; "
        f"metric {line.metric_name or '-'} (version {line.metric_version or '-'})",
    ]
    if line.cause:
        texts.append(f"Cause: {line.cause.replace('_', ' ')}")
    if line.related_line_id:
        texts.append(f"It follows from line {line.related_line_id}")
    if line.payable_from is None and line.paid_on is None:
        texts.append("It waits for a minimum, and cannot be paid yet.")
    if line.verification == ILLUSTRATIVE:
        texts.append(
            "ILLUSTRATIVE: at least one rule behind this amount is invented or inferred, and no "
            "public source stands behind it. The steps say which."
        )
    return texts


def without_steps(line: Line) -> str:
    """Why there is nothing to show for lines that no calculation made."""
    if line.event_sequence:
        return (
            f"It was posted by event {line.event_sequence} of the incentive ledger, which kept no "
            "explanation for it: the event itself has reason and author."
        )
    return "Nothing is calculated for it today; what was posted for its key earlier is taken back."


def step_row(step: Step, line: Line) -> tuple[str, ...]:
    mark = " *" if step.verification == ILLUSTRATIVE else ""
    rule = f"{step.rule_table}: {step.rule_id}{mark}"
    return (
        step.step,
        step.explanation,
        number(step.measure),
        rule_value(step, line),
        number(step.amount),
        rule,
    )


def rule_value(step: Step, line: Line) -> str:
    """The rule's figure as people say it: a rate in percent, days, or a number."""
    if step.rule_value is None:
        return ""
    if step.step == "split":
        return f"{number(step.rule_value)} %"
    if step.step == "hold":
        return f"{int(step.rule_value)} days"
    if step.step == "accelerator" and step.explanation.startswith("Multiplies"):
        return f"x {number(step.rule_value)}"
    is_rate = step.rule_table in RATES and step.measure is not None and abs(step.rule_value) < 5
    if is_rate and not step.explanation.startswith(("An amount", "Adds an amount", "A fixed")):
        return f"{plain(step.rule_value * 100)} %"
    return number(step.rule_value)


def sources(steps: Iterable[Step]) -> list[str]:
    """Who stands behind the rules, each source once."""
    texts = []
    marked = sorted({step.rule_table for step in steps if step.verification == ILLUSTRATIVE})
    if marked:
        texts.append(f"* illustrative, without a public source: rules in {', '.join(marked)}")
    verified = sorted(
        {
            (step.source or "", step.source_date or "", step.rule_table)
            for step in steps
            if step.verification != ILLUSTRATIVE
        }
    )
    for (source, day), found in groupby(verified, key=lambda one: one[:2]):
        tables = ", ".join(sorted({table for *_, table in found}))
        texts.append(f"verified ({tables}): {source}{f' ({day})' if day else ''}")
    return texts


def piece_text(piece: Piece) -> str:
    names = [piece.customer_name or piece.customer_id, piece.product_name or piece.product_id]
    what = ", ".join(name for name in names if name)
    kind = f", {piece.condition_key.replace('_', ' ')}" if piece.condition_key else ""
    source = f"{piece.source_type} {piece.source_id or ''}".strip()
    amount = f"{number(piece.amount):>14}"
    return f"  {piece.occurred_on}  {amount}  {what or 'the partner'}{kind}  [{source}]"


def invoice_text(line: InvoiceLine) -> str:
    period = f"{line.period_from} to before {line.period_to}"
    return (
        f"              invoice line {line.invoice_line_id} of {line.invoice_id or 'no invoice'}: "
        f"{number(line.billed_amount)} {line.currency} for {period}"
    )


def sums(line: Line, steps: list[Step], pieces: list[Piece]) -> list[str]:
    """How the figures hang together, and whether they do."""
    texts = []
    if pieces:
        total = sum((piece.amount for piece in pieces), Decimal(0))
        verdict = _agrees(total, line.base_amount or Decimal(0))
        texts.append(
            f"Pieces {number(total)}; base of the line {number(line.base_amount)}: {verdict}"
        )
    if line.entry == "earned" and (reached := amount_of(steps, line)) is not None:
        part = next((step.rule_value for step in steps if step.step == "split"), None)
        of_part = "" if part in (None, 100) else f", of which {number(part)} % for {line.bucket}"
        texts.append(
            f"What falls to this line{of_part}: {number(reached)}; the line says "
            f"{number(line.amount)}: {_agrees(reached, line.amount, Decimal('0.01'))}"
        )
    if line.entry == "adjusted":
        texts.append("The line is the difference to what was posted for its key before.")
    return texts


def amount_of(steps: list[Step], line: Line) -> Decimal | None:
    """The line's amount from its steps: the customer's share after limits, its part, the person's.

    Cents of a payout are shared so that its lines add up, so one line may be a cent off.
    """
    by_step = {step.step: step for step in steps}
    if (payee := by_step.get("payee")) and payee.amount is not None:
        return payee.amount
    shares = [step for step in steps if step.step in ("share", "stacking", "limit")]
    amount: Decimal | None = None
    for step in shares:
        if step.amount is None:
            continue
        added = step.step == "limit" and step.measure is None
        amount = (amount or Decimal(0)) + step.amount if added else step.amount
    if amount is not None and (split := by_step.get("split")) and split.rule_value is not None:
        amount = (amount * split.rule_value / 100).quantize(Decimal("0.01"))
    funds = [step.amount for step in steps if step.step == "fund" and step.amount is not None]
    if funds and line.customer_id is None:
        amount = (amount or Decimal(0)) + sum(funds, Decimal(0))
    return amount


def number(value: Decimal | None) -> str:
    """Two decimals and thousands apart, more only where they say something."""
    if value is None:
        return ""
    return f"{value:,.2f}" if value == round(value, 2) else f"{value.normalize():,f}"


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _agrees(found: Decimal, said: Decimal, within: Decimal = Decimal(0)) -> str:
    if found == said:
        return "they agree"
    return "they agree to the cent" if abs(found - said) <= within else "THEY DIFFER"


def _pieces_in_words(pieces: list[Piece]) -> str:
    total = sum((piece.amount for piece in pieces), Decimal(0))
    return f"{len(pieces)} piece(s), {number(total)} together:"


if __name__ == "__main__":
    run_command(main)
