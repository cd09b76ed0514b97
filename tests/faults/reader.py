"""A reader of published files: queries without pause until it is told to stop.

    python reader.py FOLDER WAY STOP_FILE RESULT_FILE

`WAY` is how it finds the current version: `pointer` (current.json), `link` (current.duckdb) or
`parquet` (the Parquet copy that current.json names). It notes every version that it sees, and
everything that is not as it should be: an error, a version made of two, an older one than before.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

TABLES = (
    "partner_mrr_monthly",
    "customer_mrr_movements",
    "vendor_summary_monthly",
    "quarantine_summary",
)


def main(folder: Path, way: str, stop: Path, result: Path) -> None:
    seen: list[str] = []
    problems: list[str] = []
    connections = queries = 0
    slowest = 0.0
    while not stop.exists():
        started = time.perf_counter()
        try:
            version, generations, asked = look(folder, way)
        except Exception as error:  # whatever a reader can run into is a finding
            problems.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
            continue
        slowest = max(slowest, time.perf_counter() - started)
        connections += 1
        queries += asked
        if len(generations) != 1:
            problems.append(f"version {version} mixes generations {sorted(generations)}")
        if seen and version < seen[-1]:
            problems.append(f"version {version} after {seen[-1]}")
        if not seen or version != seen[-1]:
            seen.append(version)
    found = {
        "way": way, "connections": connections, "queries": queries, "versions": len(seen),
        "slowest": slowest, "problems": problems[:20],
    }  # fmt: skip
    result.write_text(json.dumps(found), encoding="utf-8")


def look(folder: Path, way: str) -> tuple[str, set[int], int]:
    """Connect anew and read all tables twice: version, generations of rows, queries made."""
    pointer = json.loads((folder / "current.json").read_text("utf-8"))
    if way == "parquet":
        schema, database = f"{folder / pointer['parquet']}/", None
    else:
        schema = "certified."
        database = folder / ("current.duckdb" if way == "link" else pointer["file"])
    generations: set[int] = set()
    versions: set[str] = set()
    asked = 0
    with duckdb.connect(str(database or ":memory:"), read_only=bool(database)) as connection:
        connection.execute("set threads = 1")
        for _ in range(2):
            for table in TABLES:
                rows = connection.execute(
                    f"select distinct generation from {relation(schema, table)}"
                ).fetchall()
                generations |= {row[0] for row in rows}
            rows = connection.execute(
                "select distinct publication_version, control_total::bigint "
                f"from {relation(schema, 'certificates')}"
            ).fetchall()
            versions |= {row[0] for row in rows}
            generations |= {row[1] for row in rows}
            asked += len(TABLES) + 1
    if len(versions) != 1:
        raise ValueError(f"certificates of versions {sorted(versions)}")
    (version,) = versions
    if way != "link" and version != pointer["version"]:
        raise ValueError(f"the pointer says {pointer['version']}, the certificates {version}")
    return version, generations, asked


def relation(schema: str, table: str) -> str:
    return f"{schema}{table}" if schema == "certified." else f"'{schema}{table}.parquet'"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
