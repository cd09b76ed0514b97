"""Plots of the certified tables for Dagster's pages: what people look at first."""

from __future__ import annotations

from datetime import date
from typing import Any

import dagster as dg
import duckdb

from orchestration.plots import as_markdown, figure, stacked_bars, waterfall

MONTHS, PARTNERS, REASONS = 12, 15, 20
STEPS = ("new", "reactivation", "expansion", "contraction", "churn", "fx", "correction")
LOSSES = ("contraction", "churn")

BRIDGE = f"""
with months as (
    select *, row_number() over (order by month_start desc) as months_back
    from certified.vendor_summary_monthly
)

select
    max(reporting_currency), min(month_start), max(month_start),
    sum(case when month_start = first_month then opening_mrr end),
    {", ".join(f"sum({step}_mrr)" for step in STEPS)},
    sum(case when months_back = 1 then closing_mrr end)
from months
cross join (select min(month_start) as first_month from months where months_back <= {MONTHS})
where months_back <= {MONTHS}
"""

TOP_PARTNERS = f"""
select partner_name, closing_mrr, reporting_currency, month_start
from certified.partner_mrr_monthly
where month_start = (select max(month_start) from certified.partner_mrr_monthly)
    and partner_id <> 'direct' and closing_mrr > 0
order by closing_mrr desc, partner_id
limit {PARTNERS}
"""

QUARANTINE = """
select reason_code, source_name, sum(quarantined_rows)
from certified.quarantine_summary
group by reason_code, source_name
order by sum(sum(quarantined_rows)) over (partition by reason_code) desc, reason_code, source_name
"""

# What agrees is nearly all of a book, and would hide the rest.
EVIDENCE = f"""
with shares as (
    select
        month_start,
        agreement,
        100 * sum(closing_mrr) / sum(sum(closing_mrr)) over (partition by month_start) as share
    from certified.mrr_evidence_monthly
    where closing_mrr > 0
    group by month_start, agreement
)

select month_start, agreement, share
from shares
where month_start > (select max(month_start) from shares) - interval {MONTHS} month
order by month_start desc, sum(share) over (partition by agreement) desc, agreement
"""

SCORES = """
select
    program_name || ', ' || track,
    least(floor(4 * score / scale), 3)::int as quarter,
    count(*),
    max(month_start)
from certified.partner_scorecard_monthly
where month_start = (select max(month_start) from certified.partner_scorecard_monthly)
    and score is not null
group by program_name, track, quarter
order by program_name, track, quarter
"""
QUARTERS = ("lowest quarter of the scale", "second", "third", "highest")

Plots = dict[str, dg.MarkdownMetadataValue]


def plots_of(table: str, connection: duckdb.DuckDBPyConnection, is_simulated: bool) -> Plots:
    """Plots by name of one of the PLOTTED tables; none of a table without rows.

    The connection is only read from, and may be to the build file or to a published one. Plots of
    the simulated demo say that they are.
    """
    note = "Demo data: simulated, every name and amount is invented." if is_simulated else ""
    name, draw = PLOTTED[table]
    plot = draw(connection, note)
    return {} if plot is None else {name: plot}


def _bridge(connection: duckdb.DuckDBPyConnection, note: str) -> dg.MarkdownMetadataValue | None:
    """The vendor's MRR bridge over the last twelve months together."""
    row: Any = connection.execute(BRIDGE).fetchone()
    if row is None or row[0] is None:
        return None
    currency, first, last, opening, *steps, closing = row
    signed = {
        step: float(-value if step in LOSSES else value)
        for step, value in zip(STEPS, steps, strict=True)
    }
    title = f"MRR bridge, {_month(first)} to {_month(last)}"
    with figure(f"{title}, {currency}", note) as (drawing, axes):
        waterfall(axes, ("opening", float(opening)), signed, ("closing", float(closing)))
        axes.set_ylabel("the axis does not begin at 0" if axes.get_ylim()[0] else "")
        return as_markdown(drawing, f"{title}, {currency}: {opening:,.2f} to {closing:,.2f}")


def _top_partners(
    connection: duckdb.DuckDBPyConnection, note: str
) -> dg.MarkdownMetadataValue | None:
    """The largest partners of the last month; numbered, because two may have the same name."""
    rows = connection.execute(TOP_PARTNERS).fetchall()
    if not rows:
        return None
    names = [f"{place}. {_cut(row[0])}" for place, row in enumerate(rows, start=1)]
    title = f"Closing MRR of the {len(rows)} largest partners, {_month(rows[0][3])}, {rows[0][2]}"
    with figure(title, note) as (drawing, axes):
        stacked_bars(axes, names, {"closing MRR": [float(row[1]) for row in rows]})
        return as_markdown(drawing, title)


def _quarantine(
    connection: duckdb.DuckDBPyConnection, note: str
) -> dg.MarkdownMetadataValue | None:
    """Rows that were held back, by reason and source."""
    rows = connection.execute(QUARANTINE).fetchall()
    if not rows:
        return None
    counts = {(reason, source): float(count) for reason, source, count in rows}
    reasons = list(dict.fromkeys(reason for reason, _, _ in rows))[:REASONS]
    sources = sorted({source for _, source, _ in rows})
    title = "Rows held back, by reason and source"
    with figure(title, note) as (drawing, axes):
        stacked_bars(
            axes,
            reasons,
            {source: [counts.get((one, source), 0.0) for one in reasons] for source in sources},
        )
        return as_markdown(drawing, title)


def _evidence(connection: duckdb.DuckDBPyConnection, note: str) -> dg.MarkdownMetadataValue | None:
    """MRR that is not equal to its invoice line, by the reason why, in the last months."""
    rows = connection.execute(EVIDENCE).fetchall()
    if not rows:
        return None
    shares = {(month, why): float(share) for month, why, share in rows}
    months = list(dict.fromkeys(month for month, *_ in rows))
    reasons = sorted({why for _, why, _ in rows if why != "agrees"})
    title = "MRR that does not equal its invoice line, in percent of MRR, by reason"
    with figure(title, note) as (drawing, axes):
        stacked_bars(
            axes,
            [_month(month) for month in months],
            {why: [shares.get((month, why), 0.0) for month in months] for why in reasons},
            decimals=2,
        )
        axes.set_xlim(right=1.5 * max(axes.get_xlim()[1], 0.01))  # the legend stands beside
        return as_markdown(drawing, title)


def _scores(connection: duckdb.DuckDBPyConnection, note: str) -> dg.MarkdownMetadataValue | None:
    """Partners by score in each track of a program, in the last month."""
    rows = connection.execute(SCORES).fetchall()
    if not rows:
        return None
    counts = {(track, quarter): float(count) for track, quarter, count, _ in rows}
    tracks = list(dict.fromkeys(track for track, *_ in rows))
    title = f"Partners by score, {_month(rows[0][3])}"
    with figure(title, note) as (drawing, axes):
        stacked_bars(
            axes,
            [_cut(track, 48) for track in tracks],
            {
                name: [counts.get((track, quarter), 0.0) for track in tracks]
                for quarter, name in enumerate(QUARTERS)
            },
        )
        axes.set_xlim(right=1.5 * axes.get_xlim()[1])  # the legend stands beside the bars
        return as_markdown(drawing, title)


PLOTTED = {
    "vendor_summary_monthly": ("mrr_bridge", _bridge),
    "partner_mrr_monthly": ("top_partners", _top_partners),
    "partner_scorecard_monthly": ("scores", _scores),
    "quarantine_summary": ("held_back", _quarantine),
    "mrr_evidence_monthly": ("evidence", _evidence),
}


def _month(day: date) -> str:
    return day.strftime("%Y-%m")


def _cut(name: str, length: int = 32) -> str:
    name = " ".join(name.split())
    return name if len(name) <= length else f"{name[: length - 1]}…"
