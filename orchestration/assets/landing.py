"""Raw tables and what the ledgers keep as Dagster assets, one for each source table of dbt."""

from collections.abc import Iterator

import dagster as dg

from orchestration.build_record import forget_build
from orchestration.contract import TableContract, load_contract
from orchestration.demo import ensure_demo_raw
from orchestration.incentives import events as incentives
from orchestration.landing import land
from orchestration.ledger.closings import read_closings
from orchestration.ledger.contract import CLOSINGS, SCHEMA, ClosedTable, load_closed_tables
from orchestration.ledger.sealed import SealedFile
from orchestration.progress import progress
from orchestration.retries import retried
from orchestration.run_lock import hold_build
from orchestration.settings import load_settings


def _spec(table: TableContract) -> dg.AssetSpec:
    """Keys are those of dbt's sources, so that lineage runs from raw table to staging model."""
    return dg.AssetSpec(
        key=[table.source, table.name],
        group_name="landing",
        description=table.description or None,
        kinds={"duckdb", table.source},
    )


def _kept_spec(schema: str, table: ClosedTable) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=[schema, table.name],
        group_name=schema,
        description=table.description or None,
        kinds={"parquet"},
    )


@dg.multi_asset(
    name="landing",
    specs=[
        *(_spec(table) for table in load_contract()),
        *(_kept_spec(SCHEMA, table) for table in load_closed_tables()),
        *(_kept_spec(incentives.SCHEMA, table) for table in incentives.load_ledger_tables()),
    ],
)
def landing_assets(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Bring every contracted raw table and closed month in reach of dbt, in a fresh build file."""
    settings = load_settings()
    with retried():
        hold_build(settings)
    forget_build(settings)
    if settings.raw is None:
        ensure_demo_raw(settings)
    with retried(), progress.step("land") as step:
        tables = land(settings, judge_rows=True)
        present = [table for table in tables if table.accounts]
        rows = sum(table.rows for table in tables)
        step.update(f"{rows:,} rows in {len(present)} tables, {len(tables) - len(present)} absent")
    context.log.info(step.detail)
    for table in tables:
        yield dg.MaterializeResult(
            asset_key=[table.source, table.name],
            metadata={
                "dagster/row_count": table.rows,
                "accounts": ", ".join(table.accounts) or "absent, landed as an empty table",
            },
        )
    closings = read_closings(settings)
    until = closings[-1].month if closings else "nothing is closed"
    kept = [closing.tables for closing in closings]
    yield from _kept(SCHEMA, load_closed_tables(), CLOSINGS, kept, {"closed_until": until})
    posted = [event.tables for event in incentives.read_events(settings)]
    yield from _kept(
        incentives.SCHEMA,
        incentives.load_ledger_tables(),
        incentives.EVENTS,
        posted,
        {"events": len(posted)},
    )


def _kept(
    schema: str,
    tables: list[ClosedTable],
    register: str,
    kept: list[dict[str, SealedFile]],
    facts: dict[str, str | int],
) -> Iterator[dg.MaterializeResult[None]]:
    """What a ledger landed; `kept` are the files of each of its entries, by table."""
    for table in tables:
        rows = sum(files[table.name].rows for files in kept if table.name in files)
        yield dg.MaterializeResult(
            asset_key=[schema, table.name],
            metadata={
                "dagster/row_count": len(kept) if table.name == register else rows,
                **facts,
            },
        )
