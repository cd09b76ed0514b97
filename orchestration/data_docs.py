"""Data Docs: the last audit as a site that anybody can open, an index and a page a suite.

Great Expectations can write such a site itself. Its pages load styles and scripts from six servers
on the internet and are blank without them, show an expectation that raised as a failed one, and one
that had nothing to judge as passed. These pages are plain files that load nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from orchestration.audit_record import (
    ERROR,
    FAILED,
    NOT_APPLICABLE,
    PASSED,
    AuditRecord,
    Result,
)
from orchestration.settings import Settings
from orchestration.suites import BLOCKING, Suite

INDEX = "index.html"
WARNED = "warned"
SAID = {
    PASSED: "passed",
    WARNED: "warned",
    FAILED: "failed",
    ERROR: "could not run",
    NOT_APPLICABLE: "not applicable",
}
# From what must be mended to what needs no reading.
RANKS = (ERROR, FAILED, WARNED, PASSED, NOT_APPLICABLE)
STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; }
p { max-width: 48rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .5rem .7rem; }
th, td { border-bottom: 1px solid var(--line); }
th { background: var(--soft); font-weight: 600; }
td.number { text-align: right; white-space: nowrap; }
small { display: block; opacity: .75; }
.verdict { white-space: nowrap; font-weight: 600; }
.passed { color: #2e7d32; } .failed, .error { color: #c62828; } .warned { color: #b26a00; }
.not_applicable { opacity: .7; font-weight: 400; }
"""


def site_folder(settings: Settings) -> Path:
    return settings.build_dir / "data_docs"


def write_site(folder: Path, record: AuditRecord, suites: Iterable[Suite]) -> Path:
    """Write all pages, the index last, and return the path of the index."""
    folder.mkdir(parents=True, exist_ok=True)
    known = list(suites)
    pages = {f"{suite.table}.html": _suite_page(suite, record) for suite in known}
    for path in folder.glob("*.html"):
        if path.name not in pages:
            path.unlink()
    for name, text in {**pages, INDEX: _index_page(known, record)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / INDEX


def counts(results: Iterable[Result]) -> str:
    """How many passed, warned, failed, could not run or had nothing to judge, in words."""
    found = [_kind(result) for result in results]
    parts = [f"{found.count(kind)} {name}" for kind, name in SAID.items() if kind in found]
    return ", ".join(parts) or "nothing expected"


def _kind(result: Result) -> str:
    return WARNED if result.warns else result.status


def _index_page(suites: list[Suite], record: AuditRecord) -> str:
    rows = "".join(
        f'<tr><td><a href="{suite.table}.html">{escape(suite.title)}</a>'
        f"<small>{escape(suite.table)}</small></td>"
        f"<td>{escape(suite.description)}</td>{_overall(record.of(suite.table))}</tr>"
        for suite in suites
    )
    body = (
        "<p>What is expected of the certified figures, and what was found. The tests of the "
        "build prove that tables are right; these ask whether they are plausible.</p>"
        f"{_facts(record)}"
        f"<table><tr><th>Figures</th><th>Why they are watched</th><th>Outcome</th></tr>{rows}"
        "</table>"
    )
    return _page("Data Docs", body)


def _suite_page(suite: Suite, record: AuditRecord) -> str:
    results = record.of(suite.table)
    rows = "".join(_row(result) for result in sorted(results, key=_rank))
    body = (
        f'<p><a href="{INDEX}">All figures</a></p><p>{escape(suite.description)}</p>'
        f"{_facts(record)}"
        "<table><tr><th>What was looked at</th><th>Plausible</th><th>Found</th><th>Rows</th>"
        f"<th>Outcome</th></tr>{rows}</table>"
    )
    return _page(f"{suite.title}: {counts(results)}", body)


def _row(result: Result) -> str:
    samples = "".join(f"<small>{escape(sample)}</small>" for sample in result.samples)
    if result.status in (ERROR, NOT_APPLICABLE):
        samples = f"<small>{escape(result.message)}</small>"
    consequence = "stops publication" if result.severity == BLOCKING else "goes on the certificate"
    return (
        f"<tr><td>{escape(result.text)}<small>{escape(result.id)}, {escape(result.owner)}</small>"
        f"</td><td>{escape(result.bounds)}<small>{escape(result.reason)}</small></td>"
        f"<td>{escape(result.observed)}{samples}</td>"
        f'<td class="number">{result.looked_at:,}</td>'
        f"<td>{_verdict(result)}<small>outside: {consequence}</small></td></tr>"
    )


def _verdict(result: Result) -> str:
    kind = _kind(result)
    said = SAID[kind]
    if result.status == FAILED:
        said = f"{said}, {result.unexpected:,} of {result.looked_at:,} outside"
    return f'<span class="verdict {kind}">{said}</span>'


def _overall(results: list[Result]) -> str:
    kind = RANKS[min(map(_rank, results), default=RANKS.index(PASSED))]
    return f'<td><span class="verdict {kind}">{escape(counts(results))}</span></td>'


def _rank(result: Result) -> int:
    return RANKS.index(_kind(result))


def _facts(record: AuditRecord) -> str:
    before = escape(record.compared_with_what)
    return (
        f"<p>Build of run {escape(record.build_run_id)}, compared with {before}. "
        f"{escape(counts(record.results))}.</p>"
    )


def _page(title: str, body: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )
