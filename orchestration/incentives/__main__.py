"""Close, approve and pay what partner programs owe.

make incentives                                            what is closed, approved, paid; waits
make incentives ARGS="close reference 2026-03"
make incentives ARGS="approve reference 2026-03"           by somebody else
make incentives ARGS="pay reference 2026-03"
make incentives ARGS="adjust LINE -120.50 'double counted'"
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from orchestration.cli import run_command
from orchestration.incentives import closing, payment, requests
from orchestration.incentives.events import Event, events_folder
from orchestration.incentives.landing import verified_events
from orchestration.incentives.work import last_month
from orchestration.ledger.closings import ledger_lock
from orchestration.query import rows_table, terminal_console
from orchestration.settings import Settings, load_settings, shown

ANSWERS = {
    "adjust": "approve_adjustment",
    "claim": "approve_claim",
    "dispute": "resolve_dispute",
}
SETTLED = "paid"
CARRIED = "carried to the next payment"


def main() -> None:
    settings = load_settings()
    asked = _parser().parse_args()
    command: Callable[[Settings, argparse.Namespace], None] = asked.command
    command(settings, asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make incentives", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.set_defaults(command=_status)
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name: str, what: str, command: object, *arguments: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=what)
        for argument in arguments:
            one.add_argument(argument, type=int if argument == "event" else str)
        one.set_defaults(command=command)
        return one

    month = ("program", "month")
    add("status", "what is closed, approved, paid, and what waits", _status)
    add("close", "post a month as it is published", _close, *month)
    add("approve", "approve a closed month; not by who closed it", _approve, *month)
    payment = add("pay", "settle what is approved and due", _pay, *month)
    payment.add_argument("--on", type=date.fromisoformat, help="day of payment, today if not given")
    add("adjust", "propose an amount beside a posted line", _adjust, "line", "amount", "reason")
    add("approve-adjustment", "post a proposed adjustment", _approve_adjustment, "event")
    add("dispute", "a partner disputes a posted line", _dispute, "line", "reason")
    add("resolve", "accepted or rejected", _resolve, "event", "outcome", "reason")
    wallet = ("program", "fund", "partner", "earn_start", "amount", "reason")
    add("claim", "claim money of a fund", _claim, *wallet)
    add("approve-claim", "approve a claim", _approve_claim, "event")
    add("acknowledge", "a partner accepts its statement", _acknowledge, *month, "partner")
    return parser


def _status(settings: Settings, asked: argparse.Namespace) -> None:
    with ledger_lock(settings):
        events = verified_events(settings)
    if not events:
        print("Nothing is posted. The first closing of a program takes all earlier months along:")
        print('make incentives ARGS="close PROGRAM MONTH"')
        return
    rows = []
    for program in sorted({one.program_id or "" for one in events}):
        done = (last_month(events, program, kind) or "" for kind in ("close", "approve", "pay"))
        rows.append((program, *done))
    columns = ["program", "closed until", "approved until", "paid until"]
    terminal_console().print(rows_table(columns, rows, "Incentive ledger"))
    answered = {(one.kind, one.refers_to) for one in events}
    waiting = [
        (one.sequence, one.kind, one.program_id, one.partner_id, one.amount, one.person, one.reason)
        for one in events
        if one.kind in ANSWERS and (ANSWERS[one.kind], one.sequence) not in answered
    ]
    if waiting:
        columns = ["event", "kind", "program", "partner", "amount", "by", "reason"]
        terminal_console().print(rows_table(columns, waiting, "Waits for somebody else"))
    print(f"{len(events)} event(s) in {shown(events_folder(settings))}, all as they were written.")


def _close(settings: Settings, asked: argparse.Namespace) -> None:
    events = closing.close(settings, asked.program, asked.month)
    lines = sum(one.tables["postings"].rows for one in events)
    print(f"Closed {asked.program} until {asked.month}: {lines:,} lines posted, never to change.")
    print("Somebody else approves: " + _next(f"approve {asked.program} {asked.month}"))
    print("`make run` publishes it, and is needed before the next closing of this program.")


def _approve(settings: Settings, asked: argparse.Namespace) -> None:
    events = closing.approve(settings, asked.program, asked.month)
    print(f"{settings.user} approved {len(events)} month(s) of {asked.program}.")
    print("Pay what is due: " + _next(f"pay {asked.program} {asked.month}"))


def _pay(settings: Settings, asked: argparse.Namespace) -> None:
    event, payments = payment.pay(settings, asked.program, asked.month, asked.on)
    columns = ["partner", "payee", "bucket", "currency", "lines", "amount", ""]
    rows = [
        (
            one.partner_id,
            one.payee_id,
            one.bucket,
            one.currency,
            one.lines,
            f"{one.amount:,.2f}",
            SETTLED if one.is_settled else CARRIED,
        )
        for one in payments
    ]
    table = rows_table(columns, rows, f"Event {event.sequence}: payment of {asked.program}")
    table.columns[5].justify = "right"
    terminal_console().print(table)
    total = sum((one.amount for one in payments if one.is_settled), Decimal(0))
    print(f"Paid {total:,.2f} in all. `make run` publishes it.")


def _adjust(settings: Settings, asked: argparse.Namespace) -> None:
    _proposed(
        requests.adjust(settings, asked.line, asked.amount, asked.reason), "approve-adjustment"
    )


def _approve_adjustment(settings: Settings, asked: argparse.Namespace) -> None:
    event = requests.approve_adjustment(settings, asked.event)
    print(f"{event.amount} {event.currency} is posted in {event.month}.")


def _dispute(settings: Settings, asked: argparse.Namespace) -> None:
    event = requests.dispute(settings, asked.line, asked.reason)
    print(f"Event {event.sequence}: the line is not paid until the dispute is resolved.")
    print(_next(f"resolve {event.sequence} accepted|rejected 'REASON'"))


def _resolve(settings: Settings, asked: argparse.Namespace) -> None:
    requests.resolve(settings, asked.event, asked.outcome, asked.reason)
    print(f"Dispute {asked.event} is {asked.outcome}.")
    if asked.outcome == "accepted":
        print("Make it good: " + _next("adjust LINE AMOUNT 'REASON'"))


def _claim(settings: Settings, asked: argparse.Namespace) -> None:
    wallet = (asked.program, asked.fund, asked.partner, asked.earn_start)
    _proposed(requests.claim(settings, wallet, asked.amount, asked.reason), "approve-claim")


def _approve_claim(settings: Settings, asked: argparse.Namespace) -> None:
    event = requests.approve_claim(settings, asked.event)
    print(f"{event.amount} {event.currency} of {event.fund_wallet_id} is used.")


def _acknowledge(settings: Settings, asked: argparse.Namespace) -> None:
    closing.acknowledge(settings, asked.program, asked.partner, asked.month)
    print(f"{asked.partner} has accepted its statement of {asked.month}.")


def _proposed(event: Event, answer: str) -> None:
    print(f"Event {event.sequence} waits for somebody else: " + _next(f"{answer} {event.sequence}"))


def _next(arguments: str) -> str:
    return f'make incentives ARGS="{arguments}"'


if __name__ == "__main__":
    run_command(main)
