"""Raw tables as Dagster assets, one for each table of the source contract."""

from collections.abc import Iterator

import dagster as dg

from orchestration.build_record import forget_build
from orchestration.contract import TableContract, load_contract
from orchestration.demo import ensure_demo_raw
from orchestration.landing import land
from orchestration.progress import progress
from orchestration.settings import load_settings


def _spec(table: TableContract) -> dg.AssetSpec:
    """Keys are those of dbt's sources, so that lineage runs from raw table to staging model."""
    return dg.AssetSpec(
        key=[table.source, table.name],
        group_name="landing",
        description=table.description or None,
        kinds={"duckdb"},
    )


@dg.multi_asset(name="landing", specs=[_spec(table) for table in load_contract()])
def landing_assets(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Bring every contracted raw table in reach of dbt, in a fresh build file."""
    settings = load_settings()
    forget_build(settings)
    if settings.raw is None:
        ensure_demo_raw(settings)
    with progress.step("land") as step:
        tables = land(settings)
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
