"""The published version as a Dagster asset, downstream of every certified table."""

from pathlib import Path

import dagster as dg
import duckdb

from orchestration.assets.certificates import KEY as CERTIFICATES
from orchestration.assets.dbt import LayerTranslator
from orchestration.assets.exports import export_key
from orchestration.audit_record import require_passed_audit
from orchestration.build_record import require_passed_build
from orchestration.certificates import require_facts
from orchestration.certified_plots import Plots, plots_of
from orchestration.exports import exported_tables, read_exports, require_exports
from orchestration.manifest import (
    CERTIFIED_SCHEMA,
    certified_models,
    certified_tables,
    read_manifest,
)
from orchestration.progress import progress
from orchestration.publishing import Publication, publish
from orchestration.retries import retried
from orchestration.run_lock import hold_build
from orchestration.settings import load_settings


def _upstream_keys() -> list[dg.AssetKey]:
    """Certified models and reports, by the manifest that the assets were made of; certificates."""
    manifest = read_manifest(load_settings())
    models = [LayerTranslator().get_asset_key(node) for node in certified_models(manifest)]
    reports = [export_key(export) for export in read_exports(manifest)]
    return [*models, *reports, CERTIFICATES]


@dg.asset(deps=_upstream_keys(), group_name="publication", kinds={"duckdb", "parquet"})
def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """A new versioned file with the certified tables, their Parquet copy, and the pointer."""
    settings = load_settings()
    with retried():
        hold_build(settings)
    with progress.step("publish") as step:
        build = require_passed_build(settings)
        require_passed_audit(settings, build.run_id)
        manifest = read_manifest(settings)
        if read_exports(manifest):
            require_exports(settings, build.run_id)
        with retried():
            published = publish(
                settings,
                {**certified_tables(manifest), **exported_tables(manifest)},
                require_facts(settings, build.run_id),
            )
        step.update(f"{len(published.tables)} tables, {sum(published.tables.values()):,} rows")
        file = settings.publish_dir / published.file
        plots = _bridge(context, file, is_simulated=settings.raw is None)
    _show_on_tables(context, published, file)
    return dg.MaterializeResult(
        metadata={
            **plots,
            "version": published.version,
            "path": dg.MetadataValue.path(str(file)),
            "content_hash": published.content_hash,
            "dagster/row_count": sum(published.tables.values()),
            "tables": dg.MetadataValue.json(published.tables),
        }
    )


def _bridge(context: dg.AssetExecutionContext, file: Path, is_simulated: bool) -> Plots:
    """The MRR bridge as it was published; a plot that fails is no reason to fail after it."""
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            return plots_of("vendor_summary_monthly", connection, is_simulated)
    except Exception as error:
        context.log.warning(f"Published, but without a plot on Dagster's page: {error}")
        return {}


def _show_on_tables(context: dg.AssetExecutionContext, published: Publication, file: Path) -> None:
    """Tell each certified table's page how it was published: version, rows and file."""
    for key in _upstream_keys():
        *schema, table = key.path
        if schema == [CERTIFIED_SCHEMA] and table in published.tables:
            metadata: dict[str, int | str | dg.MetadataValue] = {
                "published_version": published.version,
                "dagster/row_count": published.tables[table],
                "published_file": dg.MetadataValue.path(str(file)),
            }
            context.log_event(dg.AssetObservation(key, metadata=metadata))
