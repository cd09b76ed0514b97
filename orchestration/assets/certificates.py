"""The certificates as a Dagster asset, between the audit and publication.

What stands behind each metric is put together here and goes on record in the build folder;
publication adds what only it knows: control totals, hashes and the version.
"""

import dagster as dg

from orchestration.assets.expectations import KEY as EXPECTATIONS
from orchestration.audit_record import require_passed_audit
from orchestration.build_record import require_passed_build
from orchestration.catalogue import certified_metrics
from orchestration.certificates import certify, write_facts
from orchestration.manifest import read_manifest
from orchestration.progress import progress
from orchestration.settings import load_settings

KEY = dg.AssetKey("certificates")


@dg.asset(key=KEY, deps=[EXPECTATIONS], group_name="publication", kinds={"python"})
def certificates(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """For each metric: its version, its own checks and warnings, and the inputs it stands on."""
    settings = load_settings()
    with progress.step("certify") as step:
        build = require_passed_build(settings)
        audit = require_passed_audit(settings, build.run_id)
        manifest = read_manifest(settings)
        facts = certify(settings, manifest, certified_metrics(manifest), build, audit)
        write_facts(facts, settings)
        warned = [name for name, standing in facts.standings.items() if standing.warnings]
        step.update(f"{len(facts.metrics)} metrics, {len(warned)} with warnings")
    rows = [
        f"| {metric.metric_id} | {metric.metric_version} | {standing.checks_passed} "
        f"| {'; '.join(standing.warnings)} | {standing.inputs_text} |"
        for metric in facts.metrics
        for standing in [facts.standings[metric.metric_id]]
    ]
    header = ["| metric | version | checks passed | warnings | inputs |", "|---|---|---|---|---|"]
    return dg.MaterializeResult(
        metadata={
            "code_version": facts.code_version,
            "metrics": dg.MetadataValue.md("\n".join([*header, *rows])),
        }
    )
