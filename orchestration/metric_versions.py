"""Guards metric versions: a metric's SQL does not change unless its version does.

A fingerprint is a hash over what a metric is computed by: its definition, and the compiled SQL of
the tables that carry it with all models upstream, down to the input layer. Comments and white
space do not count. `models/metrics/metric_versions.csv` records it, a line a version; a change of
SQL that moves no figure is a further line of the same version, with a note that says why not.

python -m orchestration.metric_versions                   says what is not recorded
python -m orchestration.metric_versions "why it is so"    records it, with this note
make versions NOTE="why it is so"
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.catalogue import read_catalogue
from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.manifest import certified_models
from orchestration.settings import PROJECT_DIR, load_settings, venv_executable

RECORD = PROJECT_DIR / "models" / "metrics" / "metric_versions.csv"
COLUMNS = ("metric_id", "metric_version", "fingerprint", "note")
# Layers that have no rule of a metric in them: they bring source systems into one shape.
BELOW_METRICS = ("staging", "input")
COMPILED = ("intermediate", "marts", "audit")
# Programs look metrics up in the catalogue; what it says of other metrics is no rule of this one.
CATALOGUE = "metric_catalogue"
# A literal stays as it is; a comment and a run of white space are one blank.
TOKEN = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")|(--[^\n]*|/\*.*?\*/|\s+)", re.DOTALL)
TIGHT = re.compile(r" ?([(),;=<>+*/|-]) ?")


@dataclass(frozen=True)
class Recorded:
    """One line of the record."""

    metric_id: str
    metric_version: str
    fingerprint: str
    note: str


def compiled_manifest(project_dir: Path = PROJECT_DIR) -> dict[str, Any]:
    """The manifest with the compiled SQL of every model that metrics stand on.

    Compiled in a folder of its own with the project's default switches, without data. Raises
    PartnerMetricsError, with dbt's output, when the project does not compile.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({"PARTNER_METRICS_BUILD_DIR": folder})
        environment = {**os.environ, **settings.child_environment()}
        for key in ("DBT_PROFILES_DIR", "DBT_PROJECT_DIR"):
            environment[key] = str(project_dir)
        done = subprocess.run(
            [
                venv_executable("dbt"), "--quiet", "--no-populate-cache", "compile",
                "--select", *(f"path:models/{folder}" for folder in COMPILED),
            ],
            cwd=project_dir, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise PartnerMetricsError(f"dbt cannot compile the project.\n{done.stdout[-4000:]}")
        content: dict[str, Any] = json.loads(
            (settings.dbt_target_dir / "manifest.json").read_bytes()
        )
    return content


def fingerprints(manifest: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Fingerprint of the SQL in force, by metric and its current version."""
    tables = {node["name"]: node["unique_id"] for node in certified_models(manifest)}
    codes: dict[str, str] = {}
    result = {}
    for entry in read_catalogue(manifest):
        if not entry.is_current:
            continue
        metric = _metric(manifest, entry.metric_id)
        parts = [
            json.dumps(definition, sort_keys=True) for definition in _closure(manifest, metric)
        ]
        roots = _carriers(manifest, metric) | {tables[entry.certified_table]}
        for model in sorted(_upstream(manifest, roots)):
            if model not in codes:
                codes[model] = canonical(manifest["nodes"][model].get("compiled_code") or "")
            parts.append(f"{model}: {codes[model]}")
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
        result[entry.metric_id, entry.metric_version] = digest
    return result


def canonical(sql: str) -> str:
    """SQL without comments and without white space that says nothing; literals stay as they are."""
    pieces: list[str] = []
    position = 0
    for match in TOKEN.finditer(sql):
        pieces.append(sql[position : match.start()])
        literal, _ = match.groups()
        pieces.append(literal if literal is not None else " ")
        position = match.end()
    pieces.append(sql[position:])
    code = "".join(pieces)
    # White space beside a sign says nothing; inside a literal it does.
    parts = re.split(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")", code)
    parts[::2] = [TIGHT.sub(r"\1", re.sub(r"\s+", " ", part)) for part in parts[::2]]
    return "".join(parts).strip()


def read_record(path: Path = RECORD) -> list[Recorded]:
    """Lines of the record, oldest first."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Recorded(*(row[column] for column in COLUMNS)) for row in csv.DictReader(file)]


def unrecorded(
    now: dict[tuple[str, str], str], record: list[Recorded]
) -> dict[tuple[str, str], str]:
    """What a metric and version are computed by now that the record does not know."""
    last = {(line.metric_id, line.metric_version): line.fingerprint for line in record}
    return {key: print_ for key, print_ in now.items() if last.get(key) != print_}


def explain(missing: dict[tuple[str, str], str], record: list[Recorded]) -> str:
    """What to do about versions whose SQL is not the recorded one; empty when there are none."""
    if not missing:
        return ""
    known = {(line.metric_id, line.metric_version) for line in record}
    changed = [f"{metric} {version}" for metric, version in missing if (metric, version) in known]
    new = [f"{metric} {version}" for metric, version in missing if (metric, version) not in known]
    lines = []
    if changed:
        lines += [
            f"The SQL of these metrics changed, and their version did not: {', '.join(changed)}.",
            "If a figure can move, raise metric_version in config.meta of the metric "
            "(models/metrics), move the old entry to earlier_versions, and say in change, "
            "change_reason and effect_on_past what is different.",
        ]
    if new:
        lines.append(f"These versions are not recorded yet: {', '.join(new)}.")
    lines.append(
        "Then record it. When no figure can move, the note has to say why: "
        'make versions NOTE="the join is written once; same rows"'
    )
    return "\n".join(lines)


def main() -> int:
    """Record the SQL in force with the note in the arguments; without one, only say what is new."""
    note = " ".join(sys.argv[1:]).strip()
    record = read_record()
    missing = unrecorded(fingerprints(compiled_manifest()), record)
    if not missing:
        print(f"Every metric is computed as {RECORD.name} records it.")
        return 0
    if not note:
        print(explain(missing, record))
        return 1
    added = [Recorded(*key, print_, note) for key, print_ in missing.items()]
    write_record([*record, *added])
    print(f"Recorded {len(added)} in {RECORD}")
    return 0


def write_record(record: list[Recorded], path: Path = RECORD) -> None:
    """Write the lines by metric and version, each metric's in the order in which they were made."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for line in sorted(record, key=lambda line: (line.metric_id, _number(line.metric_version))):
            writer.writerow([line.metric_id, line.metric_version, line.fingerprint, line.note])


def _number(version: str) -> tuple[int, str]:
    return (int(version), "") if version.isdigit() else (sys.maxsize, version)


def _metric(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        node for node in manifest["metrics"].values() if node["name"] == name
    )
    return found


def _closure(manifest: dict[str, Any], metric: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The computing part of the metric, its measures, and the metrics that it is made of."""
    yield {"type": metric["type"], "how": _stated(metric["type_params"]), **_filter(metric)}
    names = {measure["name"] for measure in metric["type_params"].get("input_measures") or []}
    for model in manifest["semantic_models"].values():
        for measure in model["measures"]:
            if measure["name"] in names:
                kept = ("name", "agg", "expr", "agg_params", "non_additive_dimension")
                yield {key: _stated(measure.get(key)) for key in kept}
    for unique_id in sorted(metric["depends_on"]["nodes"]):
        if unique_id in manifest["metrics"]:
            yield from _closure(manifest, manifest["metrics"][unique_id])


def _filter(metric: dict[str, Any]) -> dict[str, Any]:
    return {"filter": _stated(metric.get("filter"))}


def _stated(value: Any) -> Any:
    """The value without what is not set: a version of dbt with more keys says the same."""
    if isinstance(value, dict):
        return {
            key: _stated(part)
            for key, part in value.items()
            if part not in (None, [], {}, False) and key != "input_measures"
        }
    if isinstance(value, list):
        return [_stated(part) for part in value]
    return value


def _carriers(manifest: dict[str, Any], metric: dict[str, Any]) -> set[str]:
    """Models that the metric's measures are read from."""
    found: set[str] = set()
    for unique_id in metric["depends_on"]["nodes"]:
        if unique_id in manifest["metrics"]:
            found |= _carriers(manifest, manifest["metrics"][unique_id])
        elif unique_id in manifest["semantic_models"]:
            found |= set(manifest["semantic_models"][unique_id]["depends_on"]["nodes"])
    return found


def _upstream(manifest: dict[str, Any], roots: set[str]) -> set[str]:
    """The models and everything they are made of, above the input layer."""
    found: set[str] = set()
    open_ = list(roots)
    while open_:
        unique_id = open_.pop()
        node = manifest["nodes"].get(unique_id)
        if unique_id in found or node is None or node["resource_type"] != "model":
            continue
        if node["fqn"][1] in BELOW_METRICS or node["name"] == CATALOGUE:
            continue
        found.add(unique_id)
        open_ += node["depends_on"]["nodes"]
    return found


if __name__ == "__main__":
    run_command(main)
