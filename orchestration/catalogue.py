"""The metric catalogue: what every certified number means, read from beside its definition.

An entry is the metric's own YAML in `models/metrics`: name and definition are its `label` and
`description`, everything else stands in `config.meta`, with earlier versions as a list under
`earlier_versions`. This module reads the entries from dbt's manifest for the certificates, for
Dagster's pages and for `docs/metrics.md`; the table `metric_catalogue` is made of the same YAML
by dbt.

python -m orchestration.catalogue     writes docs/metrics.md
make catalogue
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.certificates import Metric
from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.manifest import ensure_manifest, read_manifest
from orchestration.settings import PROJECT_DIR, load_settings

PAGE = PROJECT_DIR / "docs" / "metrics.md"
# Key in `config.meta`, and what the page calls it. The order is that of the page.
TEXTS = {
    "formula": "Formula",
    "unit": "Unit",
    "grain": "Grain",
    "dimensions": "Dimensions",
    "why_useful": "Why it is useful",
    "how_used": "How it is used",
    "assumptions": "Assumptions and estimates",
    "other_tools": "Other tools",
}
# What a version says about the one before it.
CHANGES = {
    "change": "What changed",
    "change_reason": "Why",
    "effect_on_past": "Effect on past figures",
}
PLACES = ("certified_table", "certified_column")
VERSION, RECAST, EARLIER = "metric_version", "is_past_recast", "earlier_versions"
INTRODUCTION = """\
# Metrics

What every certified number means, a section a metric. This page is written from the definitions in
`models/metrics` (`make catalogue`). The same entries are the published table `metric_catalogue` and
stand on the pages of the certified tables in Dagster. [DECISIONS.md](../DECISIONS.md) has the rules
behind them.

A changed definition is a new version. Earlier versions stay listed, because a certificate or a
statement may name them.
"""


@dataclass(frozen=True)
class Entry:
    """One version of a metric; `texts` has every key of TEXTS and CHANGES."""

    metric_id: str
    metric_version: str
    name: str
    definition: str
    texts: dict[str, str]
    certified_table: str
    certified_column: str
    is_past_recast: bool
    is_current: bool


def read_catalogue(manifest: dict[str, Any]) -> list[Entry]:
    """All entries by metric, the current version first.

    Raises PartnerMetricsError that names every metric and key for which something is missing.
    """
    entries: list[Entry] = []
    problems: list[str] = []
    for metric in sorted(manifest.get("metrics", {}).values(), key=lambda node: str(node["name"])):
        found = list(_versions(metric))
        for raw in found:
            gaps = _gaps(raw)
            if gaps:
                version = raw.get(VERSION) or "without a version"
                problems.append(f"{metric['name']} ({version}): {', '.join(gaps)}")
        numbers = [str(raw.get(VERSION)) for raw in found]
        if len(set(numbers)) < len(numbers):
            problems.append(f"{metric['name']}: a version is listed twice ({', '.join(numbers)})")
        if not problems:
            entries += [
                _entry(str(metric["name"]), raw, number == 0) for number, raw in enumerate(found)
            ]
    if problems:
        raise PartnerMetricsError(
            "The catalogue entry of these metrics is not complete (config.meta in models/metrics; "
            "see docs/extending.md):\n  " + "\n  ".join(problems)
        )
    return entries


def current_entries(manifest: dict[str, Any]) -> list[Entry]:
    """The version in force of every metric."""
    return [entry for entry in read_catalogue(manifest) if entry.is_current]


def certified_metrics(manifest: dict[str, Any]) -> list[Metric]:
    """What publication writes a certificate for."""
    return [
        Metric(entry.metric_id, entry.metric_version, entry.certified_table, entry.certified_column)
        for entry in current_entries(manifest)
    ]


def metrics_of_table(manifest: Mapping[str, Any], table: str) -> str:
    """The metrics of a certified table with version and definition, as a Markdown list.

    For display, so an entry that is not complete is left out and not an error.
    """
    current = {
        str(metric["name"]): next(_versions(metric))
        for metric in manifest.get("metrics", {}).values()
    }
    return "\n".join(
        f"- **{name}**, version {entry[VERSION]}, column `{entry['certified_column']}`: "
        f"{' '.join(str(entry['definition']).split())}"
        for name, entry in sorted(current.items())
        if entry.get("certified_table") == table and not _gaps(entry)
    )


def page(entries: list[Entry]) -> str:
    """The catalogue as Markdown, ending in a newline."""
    current = [entry for entry in entries if entry.is_current]
    rows = [
        f"| [{entry.metric_id}](#{entry.metric_id}) | {entry.name} | {entry.metric_version} "
        f"| `{entry.certified_table}.{entry.certified_column}` |"
        for entry in current
    ]
    index = ["| metric | name | version | table and column |", "|---|---|---|---|", *rows]
    sections = [_section(entry, entries) for entry in current]
    return "\n\n".join([INTRODUCTION + "\n" + "\n".join(index), *sections]) + "\n"


def main() -> None:
    """Write docs/metrics.md from the project as it is."""
    settings = load_settings()
    ensure_manifest(settings)
    write_page(read_manifest(settings), PAGE)
    print(f"Wrote {PAGE}")


def write_page(manifest: dict[str, Any], path: Path) -> None:
    """Write the page of the manifest's metrics to `path`."""
    path.write_text(page(read_catalogue(manifest)), encoding="utf-8")


def _versions(metric: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The raw entry of each version, the current one first."""
    meta = dict((metric.get("config") or {}).get("meta") or metric.get("meta") or {})
    earlier = meta.pop(EARLIER, None) or []
    yield {"name": metric.get("label"), "definition": metric.get("description"), **meta}
    for version in earlier:
        yield {"name": metric.get("label"), **version}


def _gaps(raw: dict[str, Any]) -> list[str]:
    """Keys of the entry that are missing or empty, in the order in which they are documented."""
    keys = ("name", "definition", VERSION, *TEXTS, *CHANGES, *PLACES)
    gaps = [key for key in keys if not str(raw.get(key) or "").strip()]
    if not isinstance(raw.get(RECAST), bool):
        gaps.append(f"{RECAST} (true or false)")
    return gaps


def _entry(metric_id: str, raw: dict[str, Any], is_current: bool) -> Entry:
    def text(key: str) -> str:
        return " ".join(str(raw[key]).split())

    return Entry(
        metric_id=metric_id,
        metric_version=text(VERSION),
        name=text("name"),
        definition=text("definition"),
        texts={key: text(key) for key in (*TEXTS, *CHANGES)},
        certified_table=text("certified_table"),
        certified_column=text("certified_column"),
        is_past_recast=raw[RECAST],
        is_current=is_current,
    )


def _section(entry: Entry, entries: list[Entry]) -> str:
    versions = [other for other in entries if other.metric_id == entry.metric_id]
    facts = [f"**{label}**: {entry.texts[key]}" for key, label in TEXTS.items() if entry.texts[key]]
    history = [_history(version) for version in versions]
    return "\n".join(
        [
            f"## {entry.metric_id}",
            "",
            f"**{entry.name}**, version {entry.metric_version}, in "
            f"`{entry.certified_table}.{entry.certified_column}`. {entry.definition}",
            "",
            *[f"- {fact}" for fact in facts],
            *history,
        ]
    )


def _history(entry: Entry) -> str:
    """What a version changed; an earlier one says its own definition and formula too."""
    recast = "recast" if entry.is_past_recast else "not recast"
    changes = " ".join(f"{label}: {entry.texts[key]}" for key, label in CHANGES.items())
    was = "" if entry.is_current else f" {entry.definition} Formula: {entry.texts['formula']}"
    return f"- **Version {entry.metric_version}**:{was} {changes} The past is {recast}."


if __name__ == "__main__":
    run_command(main)
