"""The dbt project as Dagster assets and asset checks, built in one dbt invocation."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import version as package_version
from itertools import takewhile
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import (
    DagsterDbtTranslator,
    DbtCliInvocation,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)
from packaging.version import Version

from orchestration.build_events import BuildEvents
from orchestration.build_record import (
    BuildRecord,
    add_samples,
    forget_build,
    summarize,
    write_record,
)
from orchestration.catalogue import metrics_of_table
from orchestration.certificates import code_version
from orchestration.column_lineage import Columns, columns_read_last
from orchestration.errors import PartnerMetricsError
from orchestration.landed_files import require_same_files, unreadable_files
from orchestration.lineage import Lineage, said_to_spoil
from orchestration.manifest import CERTIFIED_SCHEMA, ensure_manifest, read_manifest
from orchestration.progress import Step, progress
from orchestration.quarantine import held_back_in_short
from orchestration.run_lock import hold_build
from orchestration.settings import PROJECT_DIR, Settings, load_settings, venv_executable

# Unit tests prove the SQL on made-up rows: they belong to `make test`, not to every run. The others
# are no work for dbt, which reports them as neither passed nor failed.
NOT_BUILT = ("unit_test", "exposure", "saved_query")
COLUMN_SCHEMA = "dagster/column_schema"
# What dbt calls a model or test that could not be computed.
ERRORS = ("error", "runtime error")


def run_results_path(settings: Settings) -> Path:
    return settings.dbt_target_dir / "run_results.json"


def opening_comment(sql: str) -> str | None:
    """The comment that a query opens with, as one line; None when it opens with none."""
    comment = takewhile(lambda line: line.startswith("--"), sql.lstrip().splitlines())
    return " ".join(line.removeprefix("--").strip() for line in comment) or None


class LayerTranslator(DagsterDbtTranslator):
    """Groups assets by layer, marts by domain (`marts_revenue`); checks say what they guard.

    A certified table lists its metrics, with version and definition.
    """

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = manifest["nodes"].get(unique_id, {})
        if node.get("schema") != CERTIFIED_SCHEMA:
            return spec
        metrics = metrics_of_table(manifest, node["name"])
        if not metrics:
            return spec
        text = f"{node['description']}\n\nMetrics:\n\n{metrics}"
        return spec.replace_attributes(
            description=self.get_description({**node, "description": text})
        )

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        folders = dbt_resource_props["fqn"][1:-1]
        depth = 2 if folders[:1] == ["marts"] else 1
        return "_".join(folders[:depth]) or None

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None = None,
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None or spec.description:
            return spec
        return spec._replace(description=opening_comment(manifest["nodes"][unique_id]["raw_code"]))


class EmbeddedDbt(DbtCliResource):
    """dbt as installed beside this Python.

    The base class asks `dbt --version` and opens an adapter in the Dagster process at every
    call. That costs four seconds, and the adapter would hold the build file open while
    publication reads it.
    """

    @property
    def _cli_version(self) -> Version:
        return Version(package_version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Any) -> Any:
        return None


def dbt_resource() -> EmbeddedDbt:
    return EmbeddedDbt(
        project_dir=str(PROJECT_DIR),
        profiles_dir=str(PROJECT_DIR),
        dbt_executable=venv_executable("dbt"),
    )


@dbt_assets(
    manifest=ensure_manifest(load_settings()),
    dagster_dbt_translator=LayerTranslator(),
    name="dbt_build",
)
def dbt_models(context: dg.AssetExecutionContext, dbt: EmbeddedDbt) -> Iterator[Any]:
    """Build and test all models; fails, with the failing tests on record, if one does not pass."""
    settings = load_settings()
    hold_build(settings)
    forget_build(settings)
    run_results_path(settings).unlink(missing_ok=True)
    told = BuildEvents(read_manifest(settings), settings, LayerTranslator().get_asset_key)
    arguments = ["build"]
    for resource_type in NOT_BUILT:
        arguments += ["--exclude-resource-type", resource_type]
    with progress.step("build") as step:
        invocation = dbt.cli(
            arguments, context=context, raise_on_error=False, target_path=settings.dbt_target_dir
        )
        yield from told.during(_watched(invocation, step))
        yield from told.after(_run_results(settings))
        require_same_files(settings)
        if not run_results_path(settings).exists():
            raise PartnerMetricsError(f"dbt ended without results: {_reason(invocation)}")
        record = _record(context, settings)
        step.update(
            f"{record.built} models and seeds, {record.passed_tests} tests passed"
            + (f", {len(record.failures)} not passed" if record.failures else "")
        )
        if record.failures or not invocation.is_successful():
            failed = [f.name for f in record.failures if f.status != "skipped"]
            names = ", ".join(failed[:10])
            raise PartnerMetricsError(
                f"dbt build did not pass: {names or 'see the log'}"
                + _broken_files(record, settings)
                + held_back_in_short(settings)
                + _spoiled(record, settings)
            )


@cache
def _columns_read_last() -> dict[str, Columns]:
    return columns_read_last(load_settings())


def _with_upstream_columns(spec: dg.AssetSpec) -> dg.AssetSpec:
    """The asset with, for each column, links to what it was computed from in the last build.

    Dagster's own column lineage is in the metadata too; its open-source page has no view of it.
    """
    manifest = read_manifest(load_settings())
    schema = spec.metadata.get(COLUMN_SCHEMA)
    upstream = _columns_read_last().get(spec.metadata.get("dagster_dbt/unique_id", ""))
    if schema is None or upstream is None:
        return spec
    columns = [
        dg.TableColumn(
            column.name,
            column.type,
            f"{column.description or ''}{_links(upstream.get(column.name, []), manifest)}",
            tags=column.tags,
        )
        for column in schema.columns
    ]
    return spec.merge_attributes(metadata={COLUMN_SCHEMA: dg.TableSchema(columns)})


def _links(upstream: list[tuple[str, str]], manifest: Mapping[str, Any]) -> str:
    """Upstream columns by table, as Markdown; empty for a constant or a count."""
    names: dict[str, list[str]] = {}
    for unique_id, column in upstream:
        names.setdefault(unique_id, []).append(f"`{column}`")
    links = []
    for unique_id, columns in names.items():
        node = manifest["nodes"].get(unique_id) or manifest["sources"].get(unique_id)
        if node is not None:  # else it was renamed since
            path = LayerTranslator().get_asset_key(node).path
            links.append(f"[{path[-1]}](/assets/{'/'.join(path)}) {', '.join(columns)}")
    return f" — from {'; '.join(links)}" if links else ""  # the page shows one paragraph


dbt_models = dbt_models.map_asset_specs(_with_upstream_columns)


def _reason(invocation: DbtCliInvocation) -> str:
    """Why dbt ended early; the system ends the largest process first when memory runs out."""
    code = invocation.process.returncode
    if code is not None and code < 0:
        return f"its process was killed (signal {-code}), perhaps for want of memory"
    return str(invocation.get_error() or "see the log")


def _broken_files(record: BuildRecord, settings: Settings) -> str:
    """Names the landed files that cannot be read, when something could not be computed."""
    if all(failure.status not in ERRORS for failure in record.failures):
        return ""
    broken = unreadable_files(settings)
    if not broken:
        return ""
    return "\nThese landed files cannot be read; deliver them again:\n" + "\n".join(broken)


def _spoiled(record: BuildRecord, settings: Settings) -> str:
    """Names the metrics downstream of what failed."""
    return said_to_spoil(
        Lineage(read_manifest(settings)).metrics_of_nodes(record.failed_nodes), settings
    )


def _watched(invocation: DbtCliInvocation, step: Step) -> Iterator[Any]:
    """dbt's events for Dagster, while the progress line counts what has finished."""
    counts: Counter[str] = Counter()
    for event in invocation.stream():
        kind = "tests" if isinstance(event, dg.AssetCheckResult) else "models and seeds"
        counts[kind] += 1
        step.update(", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
        yield event


def _run_results(settings: Settings) -> dict[str, Any]:
    """dbt's account of the build; empty when it ended without."""
    path = run_results_path(settings)
    content: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
    return content


def _record(context: dg.AssetExecutionContext, settings: Settings) -> BuildRecord:
    run_results = _run_results(settings)
    record = summarize(run_results, context.run_id, complete=not context.is_subset)
    record = replace(record, code_version=code_version())
    if record.failures:
        record = add_samples(record, run_results, settings)
    write_record(record, settings)
    return record
