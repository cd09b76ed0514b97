"""What the last dbt build of the private file came to: the gate in front of publication.

Written after every build and deleted when new data lands, so that what is published is always
what was built and tested last, completely, and without a failure.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole
from orchestration.settings import Settings

PASSING = {"success", "pass"}
WARNING = "warn"
SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Failure:
    """A model that did not build or a test that did not pass, with a few of the failing rows."""

    name: str
    status: str
    message: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class BuildRecord:
    """`complete` is false when only a part of the project was selected for the build.

    `busy_seconds` is the time in which the engine worked on at least one model or test; the rest
    of a build's time is dbt's own. `passed_checks`, `warned_checks` and `failed_nodes` are ids of
    dbt's manifest, so that an outcome can be followed to metrics. `code_version` is the commit that
    was built.
    """

    run_id: str
    complete: bool
    built: int
    passed_tests: int
    busy_seconds: float
    failures: list[Failure]
    warnings: list[str]
    passed_checks: list[str] = field(default_factory=list)
    warned_checks: list[str] = field(default_factory=list)
    failed_nodes: list[str] = field(default_factory=list)
    code_version: str = "unknown"


def record_path(settings: Settings) -> Path:
    return settings.build_dir / "build_record.json"


def forget_build(settings: Settings) -> None:
    record_path(settings).unlink(missing_ok=True)


def summarize(run_results: dict[str, Any], run_id: str, complete: bool) -> BuildRecord:
    """Read dbt's run results; anything neither passed nor a warning counts as a failure."""
    results = run_results["results"]
    is_test = {result["unique_id"]: result["unique_id"].startswith("test.") for result in results}
    passed = [result for result in results if result["status"] in PASSING]
    return BuildRecord(
        run_id=run_id,
        complete=complete,
        built=sum(not is_test[result["unique_id"]] for result in passed),
        passed_tests=sum(is_test[result["unique_id"]] for result in passed),
        busy_seconds=_busy_seconds(results),
        failures=[
            Failure(_short(result), result["status"], str(result.get("message") or "").strip())
            for result in results
            if result["status"] not in PASSING | {WARNING}
        ],
        warnings=[
            f"{_short(result)}: {result.get('message')}"
            for result in results
            if result["status"] == WARNING
        ],
        passed_checks=[result["unique_id"] for result in passed if is_test[result["unique_id"]]],
        warned_checks=[result["unique_id"] for result in results if result["status"] == WARNING],
        failed_nodes=[
            result["unique_id"]
            for result in results
            if result["status"] not in PASSING | {WARNING, "skipped"}
        ],
    )


def add_samples(
    record: BuildRecord, run_results: dict[str, Any], settings: Settings
) -> BuildRecord:
    """Look up a few rows of each failed test, by running the test's query again."""
    queries = {_short(result): result.get("compiled_code") for result in run_results["results"]}
    failures = []
    file = str(settings.warehouse_path)
    with duckdb.connect(file, read_only=True, config=settings.duckdb_config()) as connection:
        for failure in record.failures:
            query = queries.get(failure.name)
            if failure.status == "fail" and query:
                failures.append(_with_rows(connection, failure, query))
            else:
                failures.append(failure)
    return BuildRecord(**{**record.__dict__, "failures": failures})


def write_record(record: BuildRecord, settings: Settings) -> None:
    write_whole(record_path(settings), json.dumps(asdict(record), indent=2))


def read_record(settings: Settings) -> BuildRecord | None:
    """The last build, or None when nothing was built since data landed."""
    if not record_path(settings).exists():
        return None
    content = json.loads(record_path(settings).read_text("utf-8"))
    content["failures"] = [Failure(**failure) for failure in content["failures"]]
    return BuildRecord(**content)


def require_passed_build(settings: Settings, refusal: str = "Not published") -> BuildRecord:
    """The last build, if it passed completely; raises PartnerMetricsError if not."""
    record = read_record(settings)
    if record is None:
        problem = "nothing was built since the raw data landed"
    elif record.failures:
        names = ", ".join(failure.name for failure in record.failures[:5])
        problem = f"{len(record.failures)} model(s) or test(s) did not pass: {names}"
    elif not record.complete:
        problem = "only a part of the project was built"
    elif not record.passed_tests:
        problem = "no test was run"
    else:
        return record
    raise PartnerMetricsError(f"{refusal}: {problem}. Run the whole main job (`make run`).")


def _busy_seconds(results: list[dict[str, Any]]) -> float:
    """Length of the union of all execution times."""
    spans = sorted(
        (
            datetime.fromisoformat(timing["started_at"]),
            datetime.fromisoformat(timing["completed_at"]),
        )
        for result in results
        for timing in result.get("timing", [])
        if timing["name"] == "execute" and timing["completed_at"]
    )
    busy = timedelta()
    reached: datetime | None = None
    for started, completed in spans:
        start = started if reached is None else max(started, reached)
        if completed > start:
            busy += completed - start
            reached = completed
    return busy.total_seconds()


def _short(result: dict[str, Any]) -> str:
    return str(result["unique_id"].split(".")[2])


def _with_rows(connection: duckdb.DuckDBPyConnection, failure: Failure, query: str) -> Failure:
    try:
        cursor = connection.execute(f"select * from ({query}) limit {SAMPLE_ROWS}")
    except duckdb.Error as error:
        return Failure(failure.name, failure.status, f"{failure.message} (no sample: {error})")
    columns = [column[0] for column in cursor.description or []]
    rows = [[str(value) for value in row] for row in cursor.fetchall()]
    return Failure(failure.name, failure.status, failure.message, columns, rows)
