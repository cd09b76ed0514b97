"""Writes docs/reliability.md from what the long form of the fault suite found.

python tests/faults/report.py
"""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import duckdb
from findings import LONG, Findings
from rig import AFTERWARDS, STEPS

DOCUMENT = Path(__file__).parents[2] / "docs" / "reliability.md"
TEMPLATE = Path(__file__).with_name("reliability.template.md")

FAULTS = {
    "second_run": "a second run is started, at several moments of the first",
    "killed_dbt": "only the dbt process is killed, as the system does when memory runs out",
    "file_limit": "no file may grow beyond {} of the build file's size",
    "disk_full_build": "the build folder's disk has room for {} of the build file",
    "disk_full_publish": "the publication folder's disk has room for {} of a version",
    "read_only": "the publication folder is read-only",
    "broken_file_half": "a landed Parquet file is half-written",
    "broken_file_zeros": "a block in the middle of a landed Parquet file is damaged",
    "broken_file_empty": "a landed Parquet file is empty",
    "broken_file_csv": "a landed CSV file ends in the middle of a row",
    "file_replaced": "a landed file is replaced while the build reads it",
    "file_rewritten": "a landed file is written over, with the same bytes",
    "file_removed": "a landed file is removed while the build reads it",
    "test_raises": "a dbt test cannot run",
    "expectation_raises": "an expectation raises",
}


def main() -> None:
    found = Findings(LONG.name).read()
    if "kills" not in found:
        sys.exit("Only the long form is reported: make test-faults FAULTS=long")
    DOCUMENT.write_text(document(found), encoding="utf-8")
    print(f"Written to {DOCUMENT}")


def document(entries: dict[str, dict[str, Any]]) -> str:
    """The page in docs/, as Markdown."""
    page = TEMPLATE.read_text("utf-8")
    parts = {"killed": _kills(entries), "faults": _faults(entries), "readers": _readers(entries)}
    for name, lines in parts.items():
        page = page.replace(f"{{{{{name}}}}}", "\n".join(lines))
    return page


def _kills(entries: dict[str, dict[str, Any]]) -> list[str]:
    kinds = {
        "kills": "at random moments of a run",
        "kills_in_publication": "at random moments of its publication",
        "kills_of_whole_project": "at random moments of a run of the whole project",
    }
    present = {name: entries[name] for name in kinds if name in entries}
    met = {step for one in present.values() for step in one["by_step"]}
    steps = [step for step in (*STEPS, AFTERWARDS) if step in met]
    rows = [
        ["kill -9 of the whole process group", "kills", *(f"in {step}" for step in steps),
         "pointer had moved", "next runs with the same hash", "slowest next run", "undisturbed"],
        ["---", *["---:"] * (len(steps) + 5)],
    ]  # fmt: skip
    for name, one in present.items():
        rows.append(
            [kinds[name], str(one["kills"]), *(str(one["by_step"].get(step, 0)) for step in steps),
             str(one["after_the_pointer"]), str(one["next_runs"]),
             f"{one['slowest_next_run']:.0f} s", f"{one['undisturbed_seconds']:.0f} s"]
        )  # fmt: skip
    random_kills = entries["kills"]
    return [
        "## Killed",
        "",
        "The columns in the middle say in which step the kill fell. Runs are those of the small "
        "project of the tests with 200,000 rows, except where the whole project is named; "
        f"{random_kills['cold_starts']} of the {random_kills['kills']} were cold starts, with no "
        f"build folder there. Moments are drawn with the seed {random_kills['seed']}. Measured on "
        f"{os.cpu_count()} processors that others were using as well, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}, DuckDB {duckdb.__version__}.",
        "",
        *_table(rows),
        "",
    ]


def _faults(entries: dict[str, dict[str, Any]]) -> list[str]:
    rows = [["fault", "tried", "what the run said"], ["---", "---:", "---"]]
    missing = []
    joined = ", ".join
    for name, text in FAULTS.items():
        found = [one for key, one in entries.items() if key == name or _varies(key, name)]
        if not found:
            missing.append(text.format("a part"))
            continue
        sizes = [f"{float(key.rpartition('_')[2]):.0%}" for key in entries if _varies(key, name)]
        said = str(found[-1]["said"]).replace("|", "/").replace("ERROR: ", "")
        tried = sum(int(one.get("tried", 1)) for one in found)
        rows.append(
            [
                text.format(joined(sizes)),
                str(tried),
                said if len(said) <= 300 else f"{said[:297]}...",
            ]
        )
    lines = ["## Starved, crowded, damaged", "", *_table(rows), ""]
    days = sorted(one["days"] for key, one in entries.items() if _varies(key, "clock_back"))
    if days and "file_joins" in entries:
        lines += [
            "Two things do not stop a run, on purpose. A file that *joins* a landed table during "
            "the run belongs to the next one: it is not read. And when the *clock goes back* "
            f"(tried: {joined(map(str, days))} days), the new version is numbered one second after "
            "the newest there is, so that versions and the dates in `closing_mrr_snapshots` never "
            "run backwards.",
            "",
        ]
    if missing:
        lines += [f"Not measured here: {'; '.join(missing)}.", ""]
    if "killed_the_job" in entries:
        said = entries["killed_the_job"]["said"]
        refused = "it was done as usual" if said == "done" else f"it was refused ({said})"
        lines += [
            "When only the job's own process is killed, its dbt child goes on and ends by itself. "
            f"A run that was started at once did not mix with it: {refused}. The one after that "
            "had the usual result.",
            "",
        ]
    return lines


def _varies(key: str, name: str) -> bool:
    """Whether an entry is one of several sizes of a fault, such as read_only_0.5."""
    return key.startswith(f"{name}_") and key.removeprefix(f"{name}_").replace(".", "").isdigit()


def _readers(entries: dict[str, dict[str, Any]]) -> list[str]:
    one = entries.get("readers")
    if one is None:
        return []
    seen = one["versions_seen"]
    return [
        "## Readers",
        "",
        f"{one['readers']} processes queried without pause while {one['publications']} versions "
        f"were published within {one['seconds']:.0f} s; a third each through `current.json`, "
        "through `current.duckdb` and through the Parquet copy. Every row told which publication "
        "it was from.",
        "",
        *_table(
            [
                ["connections", "queries", "errors", "mixed versions", "steps back",
                 "versions seen by a reader", "slowest connection with its queries"],
                ["---:"] * 7,
                [f"{one['connections']:,}", f"{one['queries']:,}", str(one["errors"]), "0", "0",
                 f"{min(seen)} to {max(seen)}", f"{one['slowest']:.2f} s"],
            ]
        ),
        "",
    ]  # fmt: skip


def _table(rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in rows]


if __name__ == "__main__":
    main()
