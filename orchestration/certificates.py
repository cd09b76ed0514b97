"""The `certificates` table: for each certified metric, what was published and what stands for it.

Which metrics are certified, in which version and by which column, says the metric catalogue.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.audit_record import AuditRecord
from orchestration.build_record import BuildRecord
from orchestration.content import ContentHashes
from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole
from orchestration.input_volumes import InputVolume, read_volumes, write_volumes
from orchestration.lineage import Lineage
from orchestration.manifest import CERTIFIED_SCHEMA, TableDescription
from orchestration.raw_sources import literal, quote
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.standing import Standing, standings

CERTIFICATES = "certificates"
# In the build folder, from certification to publication.
FACTS = "certificates.json"

DESCRIPTION = TableDescription(
    text=(
        "One row for each certified metric of this publication: what the number stands on. Its "
        "checks are those in its own lineage, from the raw tables to the table that holds it."
    ),
    columns={
        "metric_id": "Metric that is certified.",
        "metric_version": "Version of the metric's definition.",
        "publication_version": "Version of the published file that the certificate is part of.",
        "run_id": "Run of the main job that built and tested the numbers.",
        "code_version": "Commit of the code that computed them; +changes if files differed.",
        "content_hash": "SHA-256 over the figures of all published tables.",
        "table_hash": "SHA-256 over the table that holds the metric.",
        "control_table": "Published table that holds the metric.",
        "control_column": "Column of that table that the control total adds up.",
        "inputs": "Sources that the metric stands on, each with its newest delivery (UTC).",
        "warnings": "Checks of the metric that warn, and what they found; empty when none does.",
        "control_total": "Sum of the column, to compare with what a report shows.",
        "row_count": "Rows of the table that holds the metric.",
        "checks_passed": "Tests and expectations of the metric that passed. None failed.",
        "checks_warned": "Tests and expectations of the metric that warn.",
        "checks_not_applicable": (
            "Expectations of the metric that had nothing to judge, such as the distance to an "
            "earlier publication when there is none."
        ),
        "is_simulated": "Whether the figures are those of the simulated demo.",
        "inputs_as_of": "Newest synchronisation of the billing data that was read (UTC).",
        "certified_at": "When the publication was made (UTC).",
    },
)

INPUTS_DESCRIPTION = TableDescription(
    text=(
        "One row for each source table: what this publication was made of. `inputs` of the "
        "certificates says which sources a metric stands on."
    ),
    columns={
        "source_name": "Source system.",
        "table_name": "Table of the source.",
        "publication_version": "Version of the published file that was made of it.",
        "landed_rows": "Rows that landed; accepted, quarantined and superseded rows together.",
        "accepted_rows": "Rows that the figures are made of.",
        "quarantined_rows": "Rows held back, because something is wrong with them.",
        "superseded_rows": "Rows that a newer version, or a deletion in the source, replaced.",
        "newest_at": "When its newest row was delivered (UTC); empty where rows do not say.",
        "empty_columns": "Columns that no row fills although figures need them; empty when none.",
        "not_read": (
            "What was delivered and nothing reads: columns under another name, and files that the "
            "settings say to ignore. A folder ignored as a whole is a row without a table name."
        ),
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
    """What the certificates state about the run; `inputs_as_of` is UTC without a zone.

    `standings` says by metric what stands behind it.
    """

    run_id: str
    code_version: str
    inputs_as_of: datetime | None
    metrics: list[Metric]
    standings: Mapping[str, Standing] = field(default_factory=dict)
    inputs: list[InputVolume] = field(default_factory=list)
    is_simulated: bool = False


def code_version(project_dir: Path = PROJECT_DIR) -> str:
    """Commit of the working tree, `+changes` if tracked files differ; `unknown` without git."""
    commit = _git(project_dir, "rev-parse", "HEAD")
    if not commit:
        return "unknown"
    changes = _git(project_dir, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}+changes" if changes else commit


def certify(
    settings: Settings,
    manifest: Mapping[str, Any],
    metrics: list[Metric],
    build: BuildRecord,
    audit: AuditRecord,
) -> CertificateFacts:
    """What stands behind the metrics of a build that passed."""
    file = str(settings.warehouse_path)
    with duckdb.connect(file, read_only=True, config=settings.duckdb_config()) as connection:
        connection.execute("set timezone = 'UTC'")
        # The moment that the raw data speaks for, as the models use it; never the clock.
        as_of = connection.execute("select as_of_at from intermediate.int_as_of").fetchone()
        inputs = read_volumes(connection)
    return CertificateFacts(
        run_id=build.run_id,
        code_version=build.code_version,
        inputs_as_of=as_of[0] if as_of else None,
        metrics=metrics,
        standings=standings(
            Lineage(manifest), [one.metric_id for one in metrics], build, audit, inputs
        ),
        inputs=inputs,
        is_simulated=settings.raw is None,
    )


def write_facts(facts: CertificateFacts, settings: Settings) -> None:
    """Keep the facts until publication, under the run that they belong to."""
    text = json.dumps(asdict(facts), indent=2, default=datetime.isoformat)
    write_whole(settings.build_dir / FACTS, text)


def require_facts(settings: Settings, build_run_id: str) -> CertificateFacts:
    """The facts of the build; raises PartnerMetricsError when it was not certified."""
    path = settings.build_dir / FACTS
    content = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if content.get("run_id") != build_run_id:
        raise PartnerMetricsError(
            "Not published: this build was not certified. Run the whole main job (`make run`)."
        )
    return CertificateFacts(
        run_id=build_run_id,
        code_version=content["code_version"],
        inputs_as_of=_moment(content["inputs_as_of"]),
        metrics=[Metric(**one) for one in content["metrics"]],
        standings={
            metric: Standing(
                checks_passed=one["checks_passed"],
                warnings=tuple(one["warnings"]),
                not_applicable=tuple(one["not_applicable"]),
                inputs=tuple((source, _moment(newest)) for source, newest in one["inputs"]),
            )
            for metric, one in content["standings"].items()
        },
        inputs=[
            InputVolume(**{**one, "newest_at": _moment(one["newest_at"])})
            for one in content["inputs"]
        ],
        is_simulated=content["is_simulated"],
    )


def write_certificates(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    facts: CertificateFacts,
    version: str,
    hashes: ContentHashes,
    certified_at: datetime,
) -> TableDescription:
    """Create table `target` with a row for each metric; returns its description.

    Control totals are exact decimal sums over the published tables in catalog `published`.
    """
    connection.execute(
        f"create table {target} (metric_id varchar not null, metric_version varchar not null, "
        "publication_version varchar not null, run_id varchar not null, "
        "code_version varchar not null, content_hash varchar not null, "
        "table_hash varchar not null, control_table varchar not null, "
        "control_column varchar not null, inputs varchar not null, warnings varchar not null, "
        "control_total decimal(38, 6), row_count bigint not null, checks_passed integer not null, "
        "checks_warned integer not null, checks_not_applicable integer not null, "
        "is_simulated boolean not null, "
        "inputs_as_of timestamp, certified_at timestamp not null)"
    )
    for metric in facts.metrics:
        standing = facts.standings.get(metric.metric_id, Standing())
        column = quote(metric.column_name)
        table = f"published.{CERTIFIED_SCHEMA}.{quote(metric.table_name)}"
        try:
            connection.execute(
                f"insert into {target} select ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                f"sum({column}), count(*), ?, ?, ?, ?, ?, ? from {table}",
                [
                    metric.metric_id,
                    metric.metric_version,
                    version,
                    facts.run_id,
                    facts.code_version,
                    hashes.overall,
                    hashes.tables.get(metric.table_name, ""),
                    metric.table_name,
                    metric.column_name,
                    standing.inputs_text,
                    "; ".join(standing.warnings),
                    standing.checks_passed,
                    len(standing.warnings),
                    len(standing.not_applicable),
                    facts.is_simulated,
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


def write_inputs(
    connection: duckdb.DuckDBPyConnection, target: str, facts: CertificateFacts, version: str
) -> TableDescription:
    """Create table `target` with a row for each source table; returns its description."""
    write_volumes(connection, "memory.volumes", facts.inputs)
    connection.execute(
        f"create table {target} as select source_name, table_name, {literal(version)} as "
        "publication_version, * exclude (source_name, table_name) from memory.volumes order by all"
    )
    connection.execute("drop table memory.volumes")
    return INPUTS_DESCRIPTION


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


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
