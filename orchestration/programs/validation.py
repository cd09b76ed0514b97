"""Looks at all program rows at once, before anything is built.

The database would take most of these rows and pay the wrong amounts by them, so they are judged
here, together: one run tells all problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from orchestration.errors import PartnerMetricsError
from orchestration.programs import bands, gates, levers, references, scores, shares, times
from orchestration.programs.book import Book, read_book
from orchestration.programs.contract import PROGRAMS_DIR
from orchestration.programs.problems import Problem, listed

Rule = Callable[[Book], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    times.contradicting_dates,
    times.known_too_late,
    times.outside_its_version,
    times.said_twice,
    times.two_versions_at_once,
    times.broken_calendars,
    references.unknown_names,
    references.unknown_metrics,
    references.missing_sources,
    references.missing_approval,
    bands.broken_rate_bands,
    bands.broken_score_bands,
    bands.misread_bands,
    shares.broken_splits,
    shares.unfit_buckets,
    shares.broken_weights,
    shares.unfit_credit,
    gates.misformed_conditions,
    gates.broken_trees,
    gates.tiers_by_tiers,
    scores.misformed_components,
    scores.unreachable_scores,
    scores.misformed_tiers,
    scores.misformed_entitlements,
    scores.zero_passes,
    levers.misformed_bindings,
    levers.rates_of_counts,
    levers.offers_out_of_reach,
    levers.misformed_members,
    levers.misformed_effects,
    levers.misformed_limits,
    levers.misformed_funds,
    levers.offsets_that_forget,
    levers.misformed_exceptions,
    levers.unmeasured_events,
)


def problems_in(book: Book) -> list[Problem]:
    """All problems by file and line, each once.

    Rules that read several rows are tried only where every field could be read: they would tell
    the same mistake once more, in other words. A project without program files has no problem.
    """
    if book.unread or not book.rows:
        return sorted(book.unread)
    return sorted({problem for rule in RULES for problem in rule(book)})


def require_valid_programs(folder: Path = PROGRAMS_DIR) -> Book:
    """The rows of a folder. Raises PartnerMetricsError that lists all problems there are."""
    book = read_book(folder)
    if found := problems_in(book):
        raise PartnerMetricsError(listed(found, str(folder)))
    return book
