"""The `certificates` table: for each certified metric, what was published and what stands for it.

Which metrics are certified, in which version and by which column, says the metric catalogue.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.manifest import CERTIFIED_SCHEMA, TableDescription
from orchestration.raw_sources import literal, quote
from orchestration.settings import PROJECT_DIR

CERTIFICATES = "certificates"

DESCRIPTION = TableDescription(
    text="One row for each certified metric of this publication: what the number stands on.",
    columns={
        "metric_id": "Metric that is certified.",
        "metric_version": "Version of the metric's definition.",
        "publication_version": "Version of the published file that the certificate is part of.",
        "run_id": "Run of the main job that built and tested the numbers.",
        "code_version": "Commit of the code that computed them; +changes if files differed.",
        "inputs_as_of": "Newest synchronisation of the billing data that was read (UTC).",
        "checks_passed": "Tests that passed in the run; one failure and nothing is published.",
        "control_table": "Published table that holds the metric.",
        "control_column": "Column of that table that the control total adds up.",
        "control_total": "Sum of the column over all rows, to compare with what a report adds up; "
        "of a ratio or a state a checksum.",
        "content_hash": "SHA-256 over all published tables.",
        "certified_at": "When the publication was made (UTC).",
    },
)


@dataclass(frozen=True)
class Metric:
    """A metric in the version in force, and the published column that holds it."""

    metric_id: str
    metric_version: str
    table_name: str
    column_name: str


@dataclass(frozen=True)
class CertificateFacts:
    """What the certificates state about the run; `inputs_as_of` is UTC without a zone."""

    run_id: str
    code_version: str
    inputs_as_of: datetime | None
    checks_passed: int
    metrics: list[Metric]


def code_version(project_dir: Path = PROJECT_DIR) -> str:
    """Commit of the working tree, `+changes` if tracked files differ; `unknown` without git."""
    commit = _git(project_dir, "rev-parse", "HEAD")
    if not commit:
        return "unknown"
    changes = _git(project_dir, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}+changes" if changes else commit


def write_certificates(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    facts: CertificateFacts,
    version: str,
    content_hash: str,
    certified_at: datetime,
) -> TableDescription:
    """Create table `target` with a row for each metric; returns its description.

    Control totals are exact decimal sums over the published tables in catalog `published`.
    """
    connection.execute(
        f"create table {target} (metric_id varchar not null, metric_version varchar not null, "
        "publication_version varchar not null, run_id varchar not null, "
        "code_version varchar not null, content_hash varchar not null, "
        "control_table varchar not null, control_column varchar not null, "
        "control_total decimal(38, 6), checks_passed integer not null, "
        "inputs_as_of timestamp, certified_at timestamp not null)"
    )
    for metric in facts.metrics:
        column = quote(metric.column_name)
        table = f"published.{CERTIFIED_SCHEMA}.{quote(metric.table_name)}"
        try:
            connection.execute(
                f"insert into {target} select ?, ?, ?, ?, ?, ?, ?, ?, "
                f"(select sum({column}) from {table}), ?, ?, ?",
                [
                    metric.metric_id,
                    metric.metric_version,
                    version,
                    facts.run_id,
                    facts.code_version,
                    content_hash,
                    metric.table_name,
                    metric.column_name,
                    facts.checks_passed,
                    facts.inputs_as_of,
                    certified_at.replace(tzinfo=None),
                ],
            )
        except duckdb.Error as error:
            raise PartnerMetricsError(
                f"Not published: metric {metric.metric_id!r} of the catalogue points at "
                f"{metric.table_name}.{metric.column_name}, which cannot be added up: "
                f"{literal(str(error))}"
            ) from error
    return DESCRIPTION


def _git(project_dir: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the user's own git
            cwd=project_dir,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
