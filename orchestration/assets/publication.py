"""The published version as a Dagster asset, downstream of every certified table."""

import dagster as dg

from orchestration.assets.certificates import KEY as CERTIFICATES
from orchestration.assets.dbt import LayerTranslator
from orchestration.assets.exports import export_key
from orchestration.audit_record import require_passed_audit
from orchestration.build_record import require_passed_build
from orchestration.certificates import require_facts
from orchestration.exports import exported_tables, read_exports, require_exports
from orchestration.manifest import certified_models, certified_tables, read_manifest
from orchestration.progress import progress
from orchestration.publishing import publish
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
    with progress.step("publish") as step:
        build = require_passed_build(settings)
        require_passed_audit(settings, build.run_id)
        manifest = read_manifest(settings)
        if read_exports(manifest):
            require_exports(settings, build.run_id)
        published = publish(
            settings,
            {**certified_tables(manifest), **exported_tables(manifest)},
            require_facts(settings, build.run_id),
        )
        step.update(f"{len(published.tables)} tables, {sum(published.tables.values()):,} rows")
    return dg.MaterializeResult(
        metadata={
            "version": published.version,
            "path": dg.MetadataValue.path(str(settings.publish_dir / published.file)),
            "content_hash": published.content_hash,
            "dagster/row_count": sum(published.tables.values()),
            "tables": dg.MetadataValue.json(published.tables),
        }
    )
