"""The landed files that a build reads in place: whether they stayed the same, and can be read.

Files in a folder are not copied, which would double the disk and time of a large landing. So
somebody may replace one while dbt reads, and a build would mix two deliveries. Landing therefore
remembers size, modification time, inode and change time of every file, and a build whose files
are no longer those does not pass. The change time tells of a file that was written over in place
and given its old modification time: nobody can set it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole
from orchestration.raw_sources import file_names, quote, read_csv_sql
from orchestration.settings import Settings

# Size, modification time, inode, change time; earlier versions remembered no change time.
State = tuple[int, ...]
MESSAGE_LENGTH = 300


def remember_files(settings: Settings, files: Iterable[str]) -> None:
    """Write down the state of the files; called before the first of them is read."""
    states = {file: file_state(file) for file in sorted(files)}
    write_whole(_record_path(settings), json.dumps(states, indent=1))


def require_same_files(settings: Settings) -> None:
    """Raise PartnerMetricsError, naming the files, unless all are as they were at landing."""
    changed = [
        f"  - {file}: {change}"
        for file, before in remembered_files(settings).items()
        if (change := _change(before, file_state(file)))
    ]
    if changed:
        raise PartnerMetricsError(
            f"{len(changed)} landed file(s) changed while the build was reading them, so it may "
            "mix two deliveries and was not used:\n"
            + "\n".join(changed)
            + "\nRun again when the load has ended. Loaders had best write under another name and "
            "rename, and leave files of earlier loads alone."
        )


def unreadable_files(settings: Settings) -> list[str]:
    """A line for each landed file that cannot be read to its end, with the reason."""
    broken = []
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        for file in remembered_files(settings):
            if problem := read_to_the_end(connection, file):
                broken.append(f"  - {file}: {problem}")
    return broken


def read_to_the_end(connection: duckdb.DuckDBPyConnection, file: str) -> str | None:
    """Read every value of a file; returns what is wrong with it, None when nothing is."""
    is_parquet = file.lower().endswith(".parquet")
    name = file_names([file])
    rows = f"read_parquet({name})" if is_parquet else read_csv_sql(name)
    problem = _problem_of(connection, "file_row", rows)
    if problem is None or not is_parquet:
        return problem
    try:
        columns = [row[0] for row in connection.execute(f"describe from {rows}").fetchall()]
    except duckdb.Error:
        return problem
    for column in columns:
        if of_column := _problem_of(connection, quote(column), rows):
            return f"column {column}: {of_column}"
    return problem


def _problem_of(connection: duckdb.DuckDBPyConnection, values: str, rows: str) -> str | None:
    """The engine's words, up to its advice on settings that nobody can set here."""
    try:
        connection.execute(f"select bit_xor(hash({values})) from {rows} as file_row").fetchone()
    except duckdb.Error as error:
        text = " ".join(str(error).split()).split("Possible", 1)[0].strip()
        return text if len(text) <= MESSAGE_LENGTH else f"{text[:MESSAGE_LENGTH]} ..."
    return None


def _record_path(settings: Settings) -> Path:
    return settings.build_dir / "landed_files.json"


def remembered_files(settings: Settings) -> dict[str, State | None]:
    """The state of each file when the last landing began; none when nothing landed in place."""
    path = _record_path(settings)
    if not path.exists():
        return {}
    states = json.loads(path.read_text("utf-8"))
    return {file: tuple(state) if state else None for file, state in states.items()}


def file_state(file: str) -> State | None:
    """Size, modification time, inode, change time; None for what is no local file, or is gone."""
    try:
        state = Path(file).stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns, state.st_ino, state.st_ctime_ns


def _change(before: State | None, now: State | None) -> str | None:
    if before == now:
        return None
    if before is None or now is None:
        return "it is gone" if now is None else "it came back"
    if now[:3] == before[:3]:
        return f"it was written over or touched at {_utc(now[3])} UTC, with its old time and size"
    written = _utc(now[1])
    what = f"it has {now[0]:,} bytes, not {before[0]:,}" if now[0] != before[0] else "it is another"
    return f"{what}, written at {written} UTC"


def _utc(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).replace(microsecond=0, tzinfo=None)
