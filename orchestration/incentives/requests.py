"""What people ask for, and other people decide: adjustments, disputes, claims of funds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.incentives.events import POSTINGS, Event, append
from orchestration.incentives.work import (
    at_work,
    attach_postings,
    closed_until,
    day_of,
    money_of,
    reason_of,
    waiting_event,
)
from orchestration.ledger.closing import open_published
from orchestration.ledger.closings import first_day, month_after
from orchestration.ledger.sealed import SealedFile, write_table
from orchestration.manifest import CERTIFIED_SCHEMA
from orchestration.raw_sources import literal
from orchestration.settings import Settings

FUNDS = f"published.{CERTIFIED_SCHEMA}.partner_fund_balances"


def adjust(settings: Settings, line_id: str, amount: str, reason: str) -> Event:
    """Propose to add an amount (or take it off, below 0) beside a posted line, with a reason."""
    money, why = money_of(amount), reason_of(reason)
    with at_work(settings) as events:
        line = _posted_line(settings, events, line_id)
        return append(
            settings,
            events,
            "adjust",
            program_id=line.program_id,
            partner_id=line.partner_id,
            statement_line_id=line_id,
            currency=line.currency,
            amount=str(money),
            reason=why,
        )


def approve_adjustment(settings: Settings, sequence: int) -> Event:
    """Post a proposed adjustment in the program's first open month."""
    with at_work(settings) as events, duckdb.connect() as connection:
        proposed = waiting_event(settings, events, sequence, "adjust", "approve_adjustment")
        attach_postings(settings, connection, events)
        month = month_after(str(closed_until(events, proposed.program_id)))

        def posting(draft: Path, number: int) -> dict[str, SealedFile]:
            first = f"date {literal(first_day(month).isoformat())}"
            rows = f"""(
                select * replace (
                    'adjustment-' || {number} as statement_line_id,
                    'adjustment-' || {number} as line_key,
                    statement_line_id as related_line_id,
                    'adjusted' as entry,
                    'adjustment' as cause,
                    null as recovery,
                    {number} as event_sequence,
                    null as metric_value,
                    null as base_amount,
                    null as rate,
                    cast({literal(str(proposed.amount))} as decimal(28, 2)) as amount,
                    posted_period as corrected_period,
                    {first} as posted_period,
                    {first} as payable_from
                )
                from postings
                where statement_line_id = {literal(str(proposed.statement_line_id))}
            )"""
            file = draft / f"{POSTINGS}.parquet"
            return {POSTINGS: write_table(connection, POSTINGS, rows, file)}

        return append(
            settings,
            events,
            "approve_adjustment",
            posting,
            program_id=proposed.program_id,
            partner_id=proposed.partner_id,
            statement_line_id=proposed.statement_line_id,
            currency=proposed.currency,
            amount=proposed.amount,
            month=month,
            refers_to=sequence,
        )


def dispute(settings: Settings, line_id: str, reason: str) -> Event:
    """Note that a posted line is disputed: it is not paid until that is resolved."""
    why = reason_of(reason)
    with at_work(settings) as events:
        line = _posted_line(settings, events, line_id)
        if line_id in open_disputes(events):
            raise PartnerMetricsError(f"Line {line_id} is disputed already.")
        return append(
            settings,
            events,
            "dispute",
            program_id=line.program_id,
            partner_id=line.partner_id,
            statement_line_id=line_id,
            reason=why,
        )


def resolve(settings: Settings, sequence: int, outcome: str, reason: str) -> Event:
    """End a dispute: `rejected`, or `accepted`, which an adjustment then makes good."""
    if outcome not in ("accepted", "rejected"):
        raise PartnerMetricsError(f"A dispute is accepted or rejected, not {outcome!r}.")
    why = reason_of(reason)
    with at_work(settings) as events:
        opened = waiting_event(settings, events, sequence, "dispute", "resolve_dispute")
        return append(
            settings,
            events,
            "resolve_dispute",
            program_id=opened.program_id,
            partner_id=opened.partner_id,
            statement_line_id=opened.statement_line_id,
            outcome=outcome,
            reason=why,
            refers_to=sequence,
        )


def open_disputes(events: list[Event]) -> list[str]:
    """Lines with a dispute that nobody has resolved."""
    answered = {one.refers_to for one in events if one.kind == "resolve_dispute"}
    return [
        str(one.statement_line_id)
        for one in events
        if one.kind == "dispute" and one.sequence not in answered
    ]


def claim(settings: Settings, wallet: tuple[str, str, str, str], amount: str, reason: str) -> Event:
    """Claim money of a fund: `wallet` is program, fund, partner and first day of its earning.

    Raises PartnerMetricsError for more than was credited to the fund by payments and is neither
    used, expired nor asked for.
    """
    program_id, fund_wallet_id, partner_id, earn_start = wallet
    money, why = money_of(amount), reason_of(reason)
    if money <= 0:
        raise PartnerMetricsError("A claim is an amount above 0.")
    with at_work(settings) as events, open_published(settings) as (connection, _):
        fund = connection.execute(
            f"select available, earn_start, earn_end from {FUNDS} where program_id = ? "
            "and fund_wallet_id = ? and partner_id = ? and earn_start = ?",
            [program_id, fund_wallet_id, partner_id, day_of(earn_start)],
        ).fetchone()
        if fund is None:
            raise PartnerMetricsError(
                f"{partner_id} has no fund {fund_wallet_id} of {program_id} earned from "
                f'{earn_start}. Those there are: make query SQL="from '
                'certified.partner_fund_balances"'
            )
        attach_postings(settings, connection, events)
        credited, currency = connection.execute(
            "select coalesce(sum(settlements.amount), 0), max(currency) from postings "
            "inner join settlements using (statement_line_id) where program_id = ? "
            "and fund_wallet_id = ? and partner_id = ? and period_end > ? and period_end <= ?",
            [program_id, fund_wallet_id, partner_id, *fund[1:]],
        ).fetchall()[0]
        approved = {one.refers_to for one in events if one.kind == "approve_claim"}
        mine = [
            one
            for one in events
            if one.kind == "claim"
            and (one.program_id, one.fund_wallet_id, one.partner_id, one.earn_start) == wallet
        ]
        asked = sum((Decimal(one.amount or 0) for one in mine), Decimal(0))
        waits = sum(
            (Decimal(one.amount or 0) for one in mine if one.sequence not in approved), Decimal(0)
        )
        free = min(credited - asked, fund[0] - waits)
        if money > free:
            raise PartnerMetricsError(
                f"Not claimed: {max(free, Decimal(0)):,.2f} is free in {fund_wallet_id} of "
                f"{partner_id}, and {money:,.2f} was asked for. A fund has what was paid into it, "
                "less what is used, expired or claimed."
            )
        return append(
            settings,
            events,
            "claim",
            program_id=program_id,
            partner_id=partner_id,
            fund_wallet_id=fund_wallet_id,
            earn_start=earn_start,
            currency=currency,
            amount=str(money),
            reason=why,
        )


def approve_claim(settings: Settings, sequence: int) -> Event:
    """Approve a claim: the fund is used by so much from the next run on."""
    with at_work(settings) as events:
        asked = waiting_event(settings, events, sequence, "claim", "approve_claim")
        return append(
            settings,
            events,
            "approve_claim",
            program_id=asked.program_id,
            partner_id=asked.partner_id,
            fund_wallet_id=asked.fund_wallet_id,
            earn_start=asked.earn_start,
            currency=asked.currency,
            amount=asked.amount,
            refers_to=sequence,
        )


@dataclass(frozen=True)
class PostedLine:
    """Whose a posted line is."""

    program_id: str
    partner_id: str
    currency: str


def _posted_line(settings: Settings, events: list[Event], line_id: str) -> PostedLine:
    with duckdb.connect() as connection:
        attach_postings(settings, connection, events)
        row = connection.execute(
            "select program_id, partner_id, currency from postings where statement_line_id = ?",
            [line_id],
        ).fetchone()
    if row is None:
        raise PartnerMetricsError(
            f'No line {line_id!r} is posted. Lines of a partner: make query SQL="select '
            "statement_line_id, lever_id, amount from certified.partner_incentive_statement_lines "
            "where partner_id = '...' and event_sequence is not null\". What is not posted yet is "
            "mended in the data or the program's rows."
        )
    return PostedLine(*row)
