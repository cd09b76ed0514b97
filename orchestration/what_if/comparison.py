"""What partners are paid and which tiers they hold, by the rows as they are and as proposed.

Amounts are in the program's currency, so they are never added across programs. What a partner gets
is what the company and its staff get; a budget holds the vendor's own people too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.raw_sources import literal

# What the files are attached as.
SIDES = {"before": "base", "after": "scratch"}

# One row a program, lever, partner and period of which at least one of the two plans pays anything.
PAYOUTS = """
create table comparison.payouts as
select
    coalesce(before.program_id, after.program_id) as program_id,
    coalesce(before.lever_id, after.lever_id) as lever_id,
    coalesce(before.partner_id, after.partner_id) as partner_id,
    coalesce(before.payee_kind, after.payee_kind) as payee_kind,
    coalesce(before.currency, after.currency) as currency,
    coalesce(before.amount, 0) as amount_before,
    coalesce(after.amount, 0) as amount_after,
    coalesce(after.amount, 0) - coalesce(before.amount, 0) as change,
    coalesce(before.period_start, after.period_start) as period_start,
    coalesce(before.period_end, after.period_end) as period_end
from ({before}) as before
full outer join ({after}) as after
    using (program_id, lever_id, partner_id, payee_kind, currency, period_start, period_end)
"""

PAID = """
select
    program_id, lever_id, partner_id, payee_kind, currency, period_start, period_end,
    sum(amount) as amount
from {file}.intermediate.int_incentives__calculated_lines
group by all
"""

# One row a program, track, partner and month in which another tier is held.
TIERS = """
create table comparison.tier_moves as
select
    coalesce(before.program_id, after.program_id) as program_id,
    coalesce(before.track, after.track) as track,
    coalesce(before.partner_id, after.partner_id) as partner_id,
    before.tier_id as tier_before,
    after.tier_id as tier_after,
    before.tier_rank as rank_before,
    after.tier_rank as rank_after,
    case
        when coalesce(after.tier_rank, 0) > coalesce(before.tier_rank, 0) then 'up'
        when coalesce(after.tier_rank, 0) < coalesce(before.tier_rank, 0) then 'down'
        else 'beside'
    end as direction,
    coalesce(before.month_start, after.month_start) as month_start
from {before}.intermediate.int_incentives__tiers as before
full outer join {after}.intermediate.int_incentives__tiers as after
    using (program_id, track, partner_id, month_start)
where before.tier_id is distinct from after.tier_id
"""

# Programs of which something changes; the others are the same to the cent.
CHANGED = "select program_id from comparison.payouts where change <> 0"

ILLUSTRATIVE = f"""
select distinct program_id
from scratch.intermediate.int_incentives__calculated_lines
where verification = 'illustrative' and program_id in ({CHANGED})
order by program_id
"""

QUERIES = {
    "budget": f"""
select
    program_id, currency, cast(year(period_end - interval 1 day) as varchar) as year,
    sum(amount_before) as before, sum(amount_after) as after, sum(change) as change
from comparison.payouts
where program_id in ({CHANGED})
group by all
order by program_id, year
""",
    "levers": """
select
    program_id, lever_id, currency, count(distinct partner_id) as partners,
    sum(amount_before) as before, sum(amount_after) as after, sum(change) as change
from comparison.payouts
group by all
having sum(abs(change)) <> 0
order by program_id, abs(sum(change)) desc, lever_id
""",
    "partners": f"""
select
    program_id, partner_id, partner_name, currency,
    sum(amount_before) as before, sum(amount_after) as after, sum(change) as change,
    case when sum(change) > 0 then 'wins' when sum(change) < 0 then 'loses' else 'same' end
        as outcome
from comparison.payouts
left join base.certified.partners using (partner_id)
where program_id in ({CHANGED}) and payee_kind in ('company', 'partner_staff')
group by all
order by program_id, change desc, partner_id
""",
    "tier_moves": """
select
    program_id, track, direction, coalesce(tier_before, 'none') as tier_before,
    coalesce(tier_after, 'none') as tier_after, count(distinct partner_id) as partners,
    count(*) as partner_months,
    count(case when month_start = last_month then 1 end) as partners_in_the_last_month
from comparison.tier_moves
cross join (select max(month_start) as last_month from base.intermediate.int_incentives__tiers)
group by all
order by program_id, track, direction, tier_before, tier_after
""",
    "payouts": """
select * from comparison.payouts where change <> 0
order by program_id, lever_id, partner_id, payee_kind, period_start, period_end
""",
    "tier_months": """
select * from comparison.tier_moves order by program_id, track, partner_id, month_start
""",
}


@dataclass(frozen=True)
class Found:
    """Rows of one of the QUERIES."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Comparison:
    """All that was found, by the name of its query; `first_month` to `last_month` is the history.

    An empty `budget` means that the rows change no amount. `illustrative` names the programs that
    change and stand on a rule without a public source.
    """

    found: dict[str, Found]
    history: tuple[Any, Any]
    totals: dict[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)
    illustrative: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Found:
        return self.found[name]

    def outcomes(self, program: str) -> tuple[int, int, int]:
        """How many partners of a program win, lose and stay as they are."""
        said = [one["outcome"] for one in self["partners"].dicts() if one["program_id"] == program]
        return said.count("wins"), said.count("loses"), said.count("same")


def compare(before: Path, after: Path) -> Comparison:
    """Compare two files that hold the calculation. Neither is written to."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(before))} as base (read_only)")
        connection.execute(f"attach {literal(str(after))} as scratch (read_only)")
        connection.execute("create schema comparison")
        paid = {side: PAID.format(file=file) for side, file in SIDES.items()}
        connection.execute(PAYOUTS.format(**paid))
        connection.execute(TIERS.format(**SIDES))
        found = {name: _found(connection, query) for name, query in QUERIES.items()}
        history = connection.execute(
            "select min(month_start), max(month_start) from base.intermediate.int_months"
        ).fetchone()
        illustrative = connection.execute(ILLUSTRATIVE).fetchall()
    return Comparison(
        found,
        history or (None, None),
        _totals(found["budget"]),
        tuple(program for (program,) in illustrative),
    )


def _found(connection: duckdb.DuckDBPyConnection, query: str) -> Found:
    cursor = connection.execute(query)
    return Found([column[0] for column in cursor.description or []], cursor.fetchall())


def _totals(budget: Found) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Before and after by program and currency."""
    totals: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for row in budget.dicts():
        key = (row["program_id"], row["currency"])
        before, after = totals.get(key, (Decimal(0), Decimal(0)))
        totals[key] = (before + row["before"], after + row["after"])
    return totals
