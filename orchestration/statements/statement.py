"""A partner's statement of a month as one page that prints on A4 and loads nothing.

python -m orchestration.statements.statement <partner_id> <YYYY-MM> [program_id]
make statement PARTNER=ptr_00051 MONTH=2026-09 PROGRAM=reference
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import duckdb

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.html_pages import environment_of
from orchestration.ledger.closings import first_day
from orchestration.publishing import Publication, read_pointer
from orchestration.settings import Settings, load_settings, shown
from orchestration.statements.explain import ILLUSTRATIVE, plain
from orchestration.statements.reading import Line, lines_of, published, rows_as

# What the vendor's own people earn at a partner is not the partner's business.
OF_PARTNERS = ("company", "partner_staff")
TEMPLATE = "statement.html.j2"


@dataclass(frozen=True)
class Balance:
    """Opening + earned + adjusted - clawed_back - paid = closing, of a payee and bucket."""

    payee_kind: str
    payee_id: str
    bucket: str
    currency: str
    opening_balance: Decimal
    earned: Decimal
    adjusted: Decimal
    clawed_back: Decimal
    paid: Decimal
    closing_balance: Decimal


@dataclass(frozen=True)
class Fund:
    """What is left of a fund of one earning period."""

    fund_name: str
    earned: Decimal
    converted: Decimal
    forfeited: Decimal
    used: Decimal
    expired: Decimal
    available: Decimal
    earn_start: date
    earn_end: date
    usable_until: date


@dataclass(frozen=True)
class Standing:
    """Where the partner stands in a track of the program."""

    track: str
    tier_name: str | None
    tier_reason: str
    held_since: date | None
    score: Decimal | None
    scale: Decimal | None
    next_tier_name: str | None
    cheapest_way: str | None
    verification: str


@dataclass(frozen=True)
class LeverSum:
    """What a lever earned in the month; `rate` only where one rate was paid on all of it."""

    lever_name: str
    metric: str
    base: Decimal
    rate: Decimal | None
    amounts: dict[str, Decimal]
    total: Decimal
    is_illustrative: bool


@dataclass(frozen=True)
class ProgramStatement:
    """The part of a statement that is about one program."""

    program_id: str
    program_name: str
    versions: str
    currency: str
    is_illustrative: bool
    balances: list[Balance]
    levers: list[LeverSum]
    buckets: list[str]
    changes: list[Line]
    lines: list[Line]
    funds: list[Fund]
    standings: list[Standing]

    @property
    def metrics(self) -> list[str]:
        """Metrics that were paid on, with their versions."""
        found = {f"{one.metric_name} {one.metric_version}" for one in self.lines if one.metric_id}
        return sorted(found)


@dataclass(frozen=True)
class Statement:
    """All that the page says; `fingerprint` is the hash of every figure in it."""

    partner_id: str
    partner_name: str
    month: date
    programs: list[ProgramStatement]
    publication: Publication
    fingerprint: str


def main() -> None:
    settings = load_settings()
    if len(sys.argv) not in (3, 4):
        raise PartnerMetricsError(
            "Say whose and when: make statement PARTNER=ptr_00051 MONTH=2026-09, and with "
            "PROGRAM=... of one program only."
        )
    path = write_statement(settings, *sys.argv[1:])
    print(f"Statement   {shown(path)}: opens in any browser, prints on A4")


def write_statement(
    settings: Settings, partner_id: str, month: str, program_id: str | None = None
) -> Path:
    """Write the page into `build/statements` and return its path.

    Raises PartnerMetricsError for an unknown partner or program, and a month without a line.
    """
    statement = read_statement(settings, partner_id, month, program_id)
    name = "_".join(filter(None, (partner_id, month, program_id)))
    path = settings.build_dir / "statements" / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(statement), encoding="utf-8")
    return path


def read_statement(
    settings: Settings, partner_id: str, month: str, program_id: str | None = None
) -> Statement:
    """What the published tables say to the partner of the month."""
    start = first_day(month)
    pointer = read_pointer(settings.publish_dir)
    with published(settings) as connection:
        name = _partner_name(connection, partner_id)
        lines = [
            line
            for line in lines_of(connection, partner_id, start, program_id)
            if line.payee_kind in OF_PARTNERS
        ]
        by_program = {
            program: list(found) for program, found in groupby(lines, key=attrgetter("program_id"))
        }
        programs = [
            _program(connection, partner_id, start, program, name_of_program, by_program)
            for program, name_of_program in _programs_of(connection, partner_id, start, program_id)
        ]
    if not programs or pointer is None:
        raise PartnerMetricsError(_nothing(partner_id, month, program_id))
    return Statement(partner_id, name, start, programs, pointer, _fingerprint(programs))


def page(statement: Statement) -> str:
    """The statement as HTML; every text in it is escaped."""
    environment = environment_of(
        Path(__file__).parent,
        money=lambda value: "" if value is None else f"{value:,.2f}",
        percent=lambda rate: f"{plain(rate * 100)} %",
        words=lambda text: (text or "").replace("_", " "),
        month=lambda day: f"{day:%B %Y}",
        day_before=lambda day: day - timedelta(days=1),
    )
    return environment.get_template(TEMPLATE).render(statement=statement)


def _programs_of(
    connection: duckdb.DuckDBPyConnection, partner_id: str, month: date, program_id: str | None
) -> list[tuple[str, str]]:
    """Programs in which the partner has lines or a balance in the month, with their names."""
    of_partners = ", ".join(f"'{kind}'" for kind in OF_PARTNERS)
    return connection.execute(
        f"""
        select program_id, coalesce(max(programs.program_name), program_id) as program_name
        from (
            select program_id
            from certified.partner_incentive_statement_lines
            where partner_id = $1 and posted_period = $2 and payee_kind in ({of_partners})
            union
            select program_id
            from certified.partner_incentive_balances_monthly
            where partner_id = $1 and month_start = $2 and payee_kind in ({of_partners})
        )
        left join certified.incentive_programs as programs using (program_id)
        where $3 is null or program_id = $3
        group by program_id
        order by program_name
        """,
        [partner_id, month, program_id],
    ).fetchall()


def _program(
    connection: duckdb.DuckDBPyConnection,
    partner_id: str,
    month: date,
    program_id: str,
    program_name: str,
    by_program: dict[str, list[Line]],
) -> ProgramStatement:
    lines = by_program.get(program_id, [])
    asked: list[object] = [program_id, partner_id, month]
    balances = rows_as(
        connection,
        Balance,
        "select * from certified.partner_incentive_balances_monthly where program_id = ? "
        "and partner_id = ? and month_start = ? order by payee_kind, payee_id, bucket desc",
        asked,
    )
    standings = rows_as(
        connection,
        Standing,
        "select * from certified.partner_scorecard_monthly where program_id = ? "
        "and partner_id = ? and month_start = ? order by track",
        asked,
    )
    earned = [line for line in lines if line.entry == "earned"]
    return ProgramStatement(
        program_id=program_id,
        program_name=program_name,
        versions=", ".join(sorted({line.version_name for line in lines})),
        currency=", ".join(
            sorted({line.currency for line in lines} | {one.currency for one in balances})
        ),
        is_illustrative=_is_illustrative(connection, asked)
        or any(one.verification == ILLUSTRATIVE for one in standings),
        balances=[one for one in balances if one.payee_kind in OF_PARTNERS],
        levers=_by_lever(earned),
        buckets=sorted({line.bucket for line in earned}, reverse=True),
        changes=[line for line in lines if line.entry != "earned"],
        lines=lines,
        funds=_funds(connection, asked),
        standings=standings,
    )


def _is_illustrative(connection: duckdb.DuckDBPyConnection, asked: list[object]) -> bool:
    """Whether anything that the partner has earned so far is, for balances are made of that."""
    found = connection.execute(
        "select 1 from certified.partner_incentive_statement_lines where program_id = ? "
        "and partner_id = ? and posted_period <= ? and verification = ? limit 1",
        [*asked, ILLUSTRATIVE],
    ).fetchone()
    return found is not None


def _by_lever(lines: Iterable[Line]) -> list[LeverSum]:
    ordered = sorted(lines, key=attrgetter("lever_name", "lever_id", "program_version_id"))
    return [_lever_sum(list(found)) for _, found in groupby(ordered, key=attrgetter("lever_id"))]


def _lever_sum(lines: list[Line]) -> LeverSum:
    rates = {line.rate for line in lines}
    # the parts of one payout stand on the same base, so each customer counts once
    bases = {(line.payout, line.customer_id): line.base_amount or Decimal(0) for line in lines}
    amounts: dict[str, Decimal] = {}
    for line in lines:
        amounts[line.bucket] = amounts.get(line.bucket, Decimal(0)) + line.amount
    first = lines[0]
    return LeverSum(
        lever_name=first.lever_name,
        metric=f"{first.metric_name}, version {first.metric_version}" if first.metric_id else "",
        base=sum(bases.values(), Decimal(0)),
        rate=rates.pop() if len(rates) == 1 else None,
        amounts=amounts,
        total=sum(amounts.values(), Decimal(0)),
        is_illustrative=any(line.verification == ILLUSTRATIVE for line in lines),
    )


def _funds(connection: duckdb.DuckDBPyConnection, asked: list[object]) -> list[Fund]:
    """Funds that were open in the month, as they stand in this publication."""
    return rows_as(
        connection,
        Fund,
        "select * from certified.partner_fund_balances where program_id = ? and partner_id = ? "
        "and earn_start <= ? and usable_until > ? order by fund_wallet_id, earn_start",
        [*asked, asked[-1]],
    )


def _partner_name(connection: duckdb.DuckDBPyConnection, partner_id: str) -> str:
    found = connection.execute(
        "select partner_name from certified.partners where partner_id = ?", [partner_id]
    ).fetchone()
    if found is None:
        raise PartnerMetricsError(
            f"There is no partner {partner_id!r}. Those there are: "
            'make query SQL="select partner_id, partner_name from certified.partners"'
        )
    return str(found[0]).strip()


def _nothing(partner_id: str, month: str, program_id: str | None) -> str:
    of_program = f" of program {program_id!r}" if program_id else ""
    return (
        f"{partner_id} has no statement line{of_program} in {month}. Months that have any: "
        'make query SQL="select distinct program_id, posted_period from '
        f"certified.partner_incentive_statement_lines where partner_id = '{partner_id}'\""
    )


def _fingerprint(programs: list[ProgramStatement]) -> str:
    """The same figures have the same hash, whenever and wherever the page is written."""
    figures = [
        [astuple(row) for row in rows]
        for one in programs
        for rows in (one.lines, one.balances, one.funds, one.standings)
    ]
    return sha256(repr(figures).encode()).hexdigest()


if __name__ == "__main__":
    run_command(main)
