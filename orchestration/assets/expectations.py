"""The audit as a Dagster asset between the certified tables and publication.

Every threshold is a check on the page of the table that it judges. Publication depends on this
asset, which fails when a blocking expectation does, so that nothing downstream of it runs.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.assets.dbt import LayerTranslator
from orchestration.audit_record import ERROR, NOT_APPLICABLE, PASSED, Result, require_passed
from orchestration.data_docs import counts, site_folder, write_site
from orchestration.expectations import audit
from orchestration.lineage import Lineage, said_to_spoil
from orchestration.manifest import certified_models, read_manifest
from orchestration.progress import progress
from orchestration.settings import load_settings
from orchestration.suites import BLOCKING, load_suites, read_thresholds

GROUP = "expectations"
KEY = dg.AssetKey(GROUP)


def _table_keys() -> dict[str, dg.AssetKey]:
    return {
        str(node["name"]): LayerTranslator().get_asset_key(node)
        for node in certified_models(read_manifest(load_settings()))
    }


def _check_specs() -> Iterator[dg.AssetCheckSpec]:
    suites = load_suites()
    texts = {suite.table: suite.measures for suite in suites}
    keys = _table_keys()
    for threshold in read_thresholds(suites):
        yield dg.AssetCheckSpec(
            name=threshold.id,
            asset=keys.get(threshold.table, KEY),
            description=(
                f"{texts[threshold.table][threshold.what]}: {threshold.bounds}. {threshold.reason}"
            ),
            blocking=threshold.severity == BLOCKING,
            metadata={"owner": threshold.owner},
        )


@dg.multi_asset(
    name=GROUP,
    specs=[
        dg.AssetSpec(
            KEY,
            deps=list(_table_keys().values()),
            group_name=GROUP,
            kinds={"greatexpectations"},
            description="Whether what was built is plausible, and like what was published before.",
        )
    ],
    check_specs=list(_check_specs()),
    can_subset=True,
    # The checks stand on the pages of the tables, which the dbt assets own.
    allow_arbitrary_check_specs=True,
)
def expectation_assets(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Judge the build file, write Data Docs, and fail when something stands in the way."""
    settings = load_settings()
    suites = load_suites()
    with progress.step("audit") as step:
        record = audit(settings, suites, read_thresholds(suites))
        site = write_site(site_folder(settings), record, suites)
        step.update(f"{len(record.results)} expectations: {counts(record.results)}")
        context.log.info(step.detail)
        keys = _table_keys()
        for result in record.results:
            # What had nothing to judge is no pass: such a check stays without an outcome.
            if result.status != NOT_APPLICABLE:
                yield _check_result(result, keys.get(result.table, KEY))
        metadata: dict[str, dg.MetadataValue | str] = {
            "data_docs": dg.MetadataValue.path(str(site)),
            "outcome": counts(record.results),
            "compared_with": record.compared_with_what,
            "not_passed": dg.MetadataValue.md(_list_of_others(record.results)),
        }
        context.log_event(dg.AssetObservation(KEY, metadata=metadata))
        lineage = Lineage(read_manifest(settings))
        spoiled = {
            metric
            for result in record.results
            if result.blocks
            for metric in lineage.metrics_of_expectation(result)
        }
        require_passed(
            record, f"{said_to_spoil(sorted(spoiled), settings)}\nAll expectations: {site}"
        )
        yield dg.MaterializeResult(asset_key=KEY, metadata=metadata)


def _check_result(result: Result, key: dg.AssetKey) -> dg.AssetCheckResult:
    blocks = result.blocks or result.severity == BLOCKING
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=result.id,
        passed=result.status == PASSED,
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        description=_said(result),
        metadata={
            "outcome": result.status,
            "plausible": result.bounds,
            "found": result.observed,
            "rows_looked_at": result.looked_at,
            "rows_outside": result.unexpected,
            "samples": dg.MetadataValue.md(
                "\n".join(f"- {one}" for one in result.samples) or "none"
            ),
        },
    )


def _said(result: Result) -> str:
    if result.status == ERROR:
        return f"Could not run: {result.message}"
    return result.message or f"Found {result.observed}; plausible is {result.bounds}."


def _list_of_others(results: tuple[Result, ...]) -> str:
    """All that did not pass, as a Markdown table."""
    rows = [
        f"| {result.table} | {result.id} | {result.status}, {result.severity} | {result.message} |"
        for result in results
        if result.status != PASSED
    ]
    return "\n".join(["| table | expectation | outcome | why |", "|---|---|---|---|", *rows])
