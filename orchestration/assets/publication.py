"""The published version as a Dagster asset, downstream of every certified table."""

from datetime import datetime

import dagster as dg
import duckdb

from orchestration.assets.dbt import LayerTranslator
from orchestration.build_record import require_passed_build
from orchestration.certificates import CertificateFacts, code_version, read_metrics
from orchestration.manifest import certified_models, certified_tables, read_manifest
from orchestration.progress import progress
from orchestration.publishing import publish
from orchestration.settings import Settings, load_settings


def _certified_keys() -> list[dg.AssetKey]:
    manifest = read_manifest(load_settings())
    return [LayerTranslator().get_asset_key(node) for node in certified_models(manifest)]


def inputs_as_of(settings: Settings) -> datetime | None:
    """Newest synchronisation of the subscription tables, in UTC; the clock plays no part."""
    with duckdb.connect(
        str(settings.warehouse_path), read_only=True, config=settings.duckdb_config()
    ) as connection:
        connection.execute("set timezone = 'UTC'")
        row = connection.execute(
            " union all ".join(
                f"select max(_fivetran_synced::varchar::timestamp) as synced from raw_stripe.{name}"
                for name in ("subscription", "subscription_history", "subscription_item")
            )
        ).fetchall()
    return max((value for (value,) in row if value is not None), default=None)


@dg.asset(deps=_certified_keys(), group_name="publication", kinds={"duckdb", "parquet"})
def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """A new versioned file with the certified tables, their Parquet copy, and the pointer."""
    settings = load_settings()
    with progress.step("publish") as step:
        build = require_passed_build(settings)
        published = publish(
            settings,
            certified_tables(read_manifest(settings)),
            CertificateFacts(
                run_id=context.run_id,
                code_version=code_version(),
                inputs_as_of=inputs_as_of(settings),
                checks_passed=build.passed_tests,
                metrics=read_metrics(),
            ),
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
