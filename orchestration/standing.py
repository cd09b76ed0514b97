"""What stands behind each metric of a publication: its own checks, warnings and inputs.

A check belongs to a metric when what it judges is upstream of the metric, by dbt's graph. Nothing
lists which checks guard which metric.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from orchestration.audit_record import NOT_APPLICABLE, PASSED, AuditRecord
from orchestration.build_record import BuildRecord
from orchestration.errors import PartnerMetricsError
from orchestration.input_volumes import InputVolume
from orchestration.lineage import Lineage


@dataclass(frozen=True)
class Standing:
    """The checks in a metric's lineage by outcome, and its sources with their newest delivery."""

    checks_passed: int = 0
    warnings: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    inputs: tuple[tuple[str, datetime | None], ...] = ()

    @property
    def inputs_text(self) -> str:
        """Sources with their newest delivery, such as `stripe 2026-11-02 04:00`."""
        return ", ".join(
            f"{source} {newest:%Y-%m-%d %H:%M}" if newest else f"{source} (no delivery time)"
            for source, newest in self.inputs
        )


def standings(
    lineage: Lineage,
    metrics: Iterable[str],
    build: BuildRecord,
    audit: AuditRecord,
    inputs: Iterable[InputVolume],
) -> dict[str, Standing]:
    """The standing of each metric, by name.

    Raises PartnerMetricsError for a metric that no check guards: nothing would stand for it.
    """
    passed: dict[str, int] = defaultdict(int)
    warnings: dict[str, list[str]] = defaultdict(list)
    not_applicable: dict[str, list[str]] = defaultdict(list)
    newest: dict[str, dict[str, datetime | None]] = defaultdict(dict)
    for check in build.passed_checks:
        for metric in lineage.metrics_of_nodes([check]):
            passed[metric] += 1
    for check in build.warned_checks:
        for metric in lineage.metrics_of_nodes([check]):
            warnings[metric].append(check.split(".")[2])
    for result in audit.results:
        for metric in lineage.metrics_of_expectation(result):
            if result.status == PASSED:
                passed[metric] += 1
            elif result.status == NOT_APPLICABLE:
                not_applicable[metric].append(result.id)
            else:
                warnings[metric].append(f"{result.id} ({result.message})")
    for table in inputs:
        name = f"{table.source_name}.{table.table_name}"
        for metric in lineage.metrics_of_nodes(lineage.sources.get(name, [])):
            found = [newest[metric].get(table.source_name), table.newest_at]
            newest[metric][table.source_name] = max((at for at in found if at), default=None)
    unguarded = [metric for metric in metrics if not passed[metric]]
    if unguarded:
        raise PartnerMetricsError(
            f"Not published: no check passed that guards {', '.join(unguarded)}. Give the table "
            "that holds it a test."
        )
    return {
        metric: Standing(
            checks_passed=passed[metric],
            warnings=tuple(sorted(warnings[metric])),
            not_applicable=tuple(sorted(not_applicable[metric])),
            inputs=tuple(sorted(newest[metric].items())),
        )
        for metric in metrics
    }
