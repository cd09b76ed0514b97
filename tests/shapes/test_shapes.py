"""Raw data in other shapes gives the same certified content, or a refusal that says what to do.

There is no third outcome: figures that moved and were published all the same. CI tries the newest
shape of the billing API, and what a gate has to stop; `make test-shapes` tries all.
"""

from __future__ import annotations

import os

import pytest
from shape_bench import Outcome, ShapeBench
from shape_mutations import MUTATIONS, SAME, Mutation

SHORT = ("newest_shape_at_once", "half_of_the_invoices_missing")
TRIED = [one for one in MUTATIONS if os.environ.get("SHAPES") == "full" or one.name in SHORT]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> ShapeBench:
    return ShapeBench(tmp_path_factory.mktemp("shapes"))


@pytest.fixture(scope="module")
def plain(bench: ShapeBench) -> Outcome:
    """What the unchanged channel gives: it has to be published."""
    outcome = bench.run(None)
    assert not outcome.refusals, outcome.refusals
    return outcome


@pytest.mark.parametrize("mutation", TRIED, ids=lambda one: one.name)
def test_another_shape(bench: ShapeBench, plain: Outcome, mutation: Mutation) -> None:
    outcome = bench.run(mutation)
    if mutation.outcome == SAME:
        assert not outcome.refusals, "\n".join(outcome.refusals)
        moved = {name for name, found in outcome.content.items() if found != plain.content[name]}
        assert not moved
        return
    assert outcome.refusals, "published with figures of something else"
    told = "\n".join(outcome.refusals).lower()
    assert all(word.lower() in told for word in mutation.refusal), told
