"""The standard reports as Dagster assets, between the certified tables and publication."""

from collections.abc import Iterator

import dagster as dg

from orchestration.assets.dbt import LayerTranslator
from orchestration.exports import Export, read_exports, run_exports
from orchestration.manifest import CERTIFIED_SCHEMA, read_manifest
from orchestration.progress import progress
from orchestration.settings import load_settings

GROUP = "exports"


def export_key(export: Export) -> dg.AssetKey:
    return dg.AssetKey([CERTIFIED_SCHEMA, export.table])


def _specs() -> Iterator[dg.AssetSpec]:
    """One asset a report, downstream of the tables that its metrics stand on."""
    manifest = read_manifest(load_settings())
    for export in read_exports(manifest):
        yield dg.AssetSpec(
            key=export_key(export),
            deps=[LayerTranslator().get_asset_key(manifest["nodes"][id_]) for id_ in export.models],
            group_name=GROUP,
            description=f"{export.description}\n\nSaved query `{export.query}`.",
            kinds={"metricflow", "duckdb"},
        )


@dg.multi_asset(name=GROUP, specs=list(_specs()))
def export_assets(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Have MetricFlow answer every saved query, and keep the answers as certified tables."""
    with progress.step("report") as step:
        record = run_exports(load_settings())
        step.update(f"{len(record.rows)} reports, {sum(record.rows.values()):,} rows")
    context.log.info(step.detail)
    for table, rows in record.rows.items():
        yield dg.MaterializeResult(
            asset_key=[CERTIFIED_SCHEMA, table], metadata={"dagster/row_count": rows}
        )
