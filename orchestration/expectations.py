"""Runs the suites of `expectations/` on the build file: the audit between build and publication.

Great Expectations judges small data frames, because over a DuckDB connection it cannot fetch its
own results. It has two habits that would let a wrong number through, and both are undone here. An
expectation that raises comes back as failed with an empty result: here it is an `error`, which
stops the run whatever its severity. A column without any value comes back as passed: here it is
`not_applicable`, with the reason.

The catalogs that a frame's SQL can read beside the build file:

    before.<table>     a certified table as it is published now; empty if nothing is
    landed.volumes     a row a source table: rows by fate, and the newest delivery
    landed.findings    what to know of the delivery: columns that are empty or not read
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.audit_record import (
    ERROR,
    FAILED,
    NOT_APPLICABLE,
    PASSED,
    AuditRecord,
    Result,
    write_audit,
)
from orchestration.build_record import read_record
from orchestration.certificates import CERTIFICATES
from orchestration.delivered import read_findings, write_findings
from orchestration.errors import PartnerMetricsError
from orchestration.input_volumes import VOLUMES, read_volumes, write_volumes
from orchestration.manifest import CERTIFIED_SCHEMA
from orchestration.publishing import NAME, read_pointer
from orchestration.raw_sources import literal, quote
from orchestration.settings import Settings
from orchestration.suites import (
    SUBJECT,
    Frame,
    Suite,
    Threshold,
    gx_suite,
    load_suites,
    read_thresholds,
    shown,
)

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = 10


def audit(
    settings: Settings,
    suites: list[Suite] | None = None,
    thresholds: list[Threshold] | None = None,
) -> AuditRecord:
    """Judge the build file and put the outcome on record; raises only if it cannot start.

    Whether the outcome lets anything be published is for `require_passed_audit` to say.
    """
    build = read_record(settings)
    if build is None:
        raise PartnerMetricsError("Nothing was built since the raw data landed. Run `make run`.")
    suites = load_suites() if suites is None else suites
    thresholds = read_thresholds(suites) if thresholds is None else thresholds
    published = comparable_version(settings)
    with opened(settings, published) as connection:
        results = [result for suite in suites for result in judge(connection, suite, thresholds)]
    version = published.stem.removeprefix(f"{NAME}_") if published else None
    record = AuditRecord(build.run_id, version, tuple(results))
    write_audit(record, settings)
    return record


def comparable_version(settings: Settings) -> Path | None:
    """The current published file, if it can be compared with; None when nothing is published.

    Simulated figures say nothing about a company's own, nor the other way round.
    """
    pointer = read_pointer(settings.publish_dir)
    file = settings.publish_dir / pointer.file if pointer else None
    if file is None or not file.exists():
        return None
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            if "is_simulated" not in _columns(connection, file.stem).get(CERTIFICATES, {}):
                return file
            rows = connection.execute(
                f"select distinct is_simulated from {CERTIFIED_SCHEMA}.{CERTIFICATES}"
            ).fetchall()
    except duckdb.Error as error:
        raise PartnerMetricsError(
            f"Nothing can be compared with what is published: {file} cannot be read "
            f"({str(error).splitlines()[0]}). Roll back to one that can: make rollback."
        ) from error
    return file if not rows or rows == [(settings.raw is None,)] else None


def judge(
    connection: duckdb.DuckDBPyConnection, suite: Suite, thresholds: list[Threshold]
) -> Iterator[Result]:
    """One result for each threshold of the suite, in the order of the file."""
    own = [threshold for threshold in thresholds if threshold.table == suite.table]
    values, errors = _measured(connection, suite)
    runnable = [threshold for threshold in own if threshold.what not in errors]
    judged = _validated(suite, runnable, values) if runnable else {}
    for threshold in own:
        if threshold.what in errors:
            yield _result(suite, threshold, ERROR, errors[threshold.what])
        elif threshold.id not in judged:
            yield _result(suite, threshold, ERROR, "Great Expectations gave no result for it")
        elif isinstance(problem := judged[threshold.id], str):
            yield _result(suite, threshold, ERROR, problem)
        else:
            yield _judged(suite, threshold, judged[threshold.id], values[threshold.what])


@contextmanager
def opened(settings: Settings, published: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the build file, and the catalogs `before` and `landed`."""
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute("set timezone = 'UTC'")
        build = settings.warehouse_path.stem
        connection.execute(
            f"attach {literal(str(settings.warehouse_path))} as {quote(build)} (read_only)"
        )
        connection.execute("attach ':memory:' as before; attach ':memory:' as landed")
        connection.execute(f"use {quote(build)}")
        write_volumes(connection, "landed.volumes", read_volumes(connection))
        write_findings(connection, read_findings(connection), "landed.findings")
        found: dict[str, dict[str, str]] = {}
        if published is not None and published.exists():
            connection.execute(f"attach {literal(str(published))} as published (read_only)")
            found = _columns(connection, "published")
        wanted = {**_columns(connection, build), VOLUMES: _volume_columns(connection)}
        for table, columns in wanted.items():
            connection.execute(
                f"create view before.{quote(table)} as {_as_before(table, columns, found)}"
            )
        yield connection


def _as_before(table: str, columns: dict[str, str], found: dict[str, dict[str, str]]) -> str:
    """The published table with the columns that it has today; what it had not is empty."""
    had = found.get(table)
    chosen = ", ".join(
        f"try_cast({quote(name) if had and name in had else 'null'} as {kind}) as {quote(name)}"
        for name, kind in columns.items()
    )
    source = f"published.{CERTIFIED_SCHEMA}.{quote(table)}" if had else "(select 1) where false"
    return f"select {chosen} from {source}"


def _columns(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, dict[str, str]]:
    """Types by column and certified table."""
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = ? order by table_name, column_index",
        [catalog, CERTIFIED_SCHEMA],
    ).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _volume_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    described = connection.execute("describe landed.volumes").fetchall()
    return {column[0]: column[1] for column in described}


def _measured(
    connection: duckdb.DuckDBPyConnection, suite: Suite
) -> tuple[pd.DataFrame, dict[str, str]]:
    """All frames of the suite below each other, and what could not be measured, by measure."""
    import pandas as pd

    frames: list[pd.DataFrame] = []
    errors: dict[str, str] = {}
    for frame in suite.frames:
        try:
            frames.append(_fetched(connection, frame))
        except (duckdb.Error, PartnerMetricsError) as error:
            errors.update(dict.fromkeys(frame.measures, str(error).strip()))
    columns = [SUBJECT, *(name for name in suite.measures if name not in errors)]
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame({column: [] for column in columns}), errors
    return pd.concat(filled, ignore_index=True).reindex(columns=columns), errors


def _fetched(connection: duckdb.DuckDBPyConnection, frame: Frame) -> pd.DataFrame:
    import pandas as pd

    cursor = connection.execute(frame.sql)
    columns = [column[0] for column in cursor.description or []]
    if columns != [SUBJECT, *frame.measures]:
        raise PartnerMetricsError(
            f"the query gives {', '.join(columns)}; its frame says {SUBJECT}, "
            f"{', '.join(frame.measures)}"
        )
    rows = [
        (str(row[0]), *(_number(value, row[0]) for value in row[1:])) for row in cursor.fetchall()
    ]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(frame.measures, "float64"))


def _number(value: Any, subject: Any) -> float | None:
    """A measure's value; what is not a number would pass as if it were missing."""
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        raise PartnerMetricsError(f"{subject}: the query gives {number}, which is not a number")
    return number


def _validated(
    suite: Suite, thresholds: list[Threshold], values: pd.DataFrame
) -> dict[str, dict[str, Any] | str]:
    """What Great Expectations found, by threshold; a text for what it could not judge."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    # Ephemeral: no project folder, no account, nothing kept or sent.
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    try:
        asset = context.data_sources.add_pandas("build").add_dataframe_asset(suite.table)
        validation = gx.ValidationDefinition(
            name=suite.table,
            data=asset.add_batch_definition_whole_dataframe("frame"),
            suite=context.suites.add(gx_suite(suite, thresholds)),
        )
        outcome = validation.run(
            batch_parameters={"dataframe": values},
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": [SUBJECT],
            },
        )
    except Exception as error:  # whatever it raises, it is no verdict
        return {threshold.id: f"{type(error).__name__}: {error}" for threshold in thresholds}
    found: dict[str, dict[str, Any] | str] = {}
    for one in outcome.results:
        expectation = one.expectation_config
        if expectation is not None:
            found[expectation.meta["id"]] = _exception(one.exception_info) or (
                {**one.result, "success": one.success} if one.result else "the result is empty"
            )
    return found


def _exception(info: dict[str, Any] | None) -> str | None:
    """The message of an exception inside an expectation, wherever Great Expectations keeps it."""
    if not info:
        return None
    parts = [info] if "raised_exception" in info else list(info.values())
    for part in parts:
        if part.get("raised_exception"):
            return str(part.get("exception_message") or "an exception without a message").strip()
    return None


def _judged(
    suite: Suite, threshold: Threshold, found: dict[str, Any] | str, values: pd.Series[float]
) -> Result:
    assert isinstance(found, dict)
    present = values.dropna()
    if present.empty:
        return _result(suite, threshold, NOT_APPLICABLE, suite.frame_of(threshold.what).if_empty)
    outside = found["unexpected_index_list"] or []
    outside = sorted(outside, key=lambda row: -threshold.distance(row[threshold.what]))
    samples = tuple(
        f"{row[SUBJECT]}: {shown(threshold.what, row[threshold.what])}" for row in outside[:SAMPLES]
    )
    low, high = (shown(threshold.what, edge) for edge in (present.min(), present.max()))
    return _result(
        suite,
        threshold,
        PASSED if found["success"] else FAILED,
        "" if found["success"] else _outside(len(outside), len(present), samples[0]),
        looked_at=len(present),
        unexpected=len(outside),
        observed=low if low == high else f"{low} to {high}",
        samples=samples,
        subjects=tuple(str(row[SUBJECT]) for row in outside) if suite.of_inputs else (),
    )


def _outside(unexpected: int, looked_at: int, furthest: str) -> str:
    if looked_at == 1:
        return furthest
    return f"{unexpected:,} of {looked_at:,} outside, furthest {furthest}"


def _result(suite: Suite, threshold: Threshold, status: str, message: str, **found: Any) -> Result:
    return Result(
        id=threshold.id,
        table=threshold.table,
        text=suite.measures[threshold.what],
        bounds=threshold.bounds,
        severity=threshold.severity,
        owner=threshold.owner,
        reason=threshold.reason,
        status=status,
        message=message,
        of_inputs=suite.of_inputs,
        **found,
    )
