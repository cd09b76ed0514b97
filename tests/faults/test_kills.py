"""Killed at any moment: readers do not notice, and the next run does what the first would have."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import Reference, undisturbed
from findings import Findings, Form
from rig import (
    Run,
    Workplace,
    assert_recovered,
    assert_serves,
    assert_unlocked,
    last_words,
    small_workplace,
    whole_workplace,
)

SEED = 20261123


@dataclass
class Tally:
    """What became of the kills."""

    by_step: Counter[str] = field(default_factory=Counter)
    cold_starts: int = 0
    after_the_pointer: int = 0
    seconds: list[float] = field(default_factory=list)

    def facts(self, reference: Reference) -> dict[str, object]:
        return {
            "kills": sum(self.by_step.values()),
            "by_step": dict(self.by_step),
            "cold_starts": self.cold_starts,
            "after_the_pointer": self.after_the_pointer,
            "next_runs": len(self.seconds),
            "slowest_next_run": max(self.seconds),
            "undisturbed_seconds": reference.seconds,
            "publish_seconds": reference.publish_seconds,
            "seed": SEED,
        }


def kill_once(
    place: Workplace,
    reference: Reference,
    tally: Tally,
    strike: Callable[[Run], bool],
    cold: bool = False,
) -> bool:
    """Start a run, kill it, check what readers see and what the next run does.

    `strike` waits for its moment and kills; False when the run had ended before. A cold start has
    no build folder: nothing parsed, no run history.
    """
    if cold:
        shutil.rmtree(place.settings.build_dir)
    before, expected = place.versions(), place.pointer()
    run = place.start()
    if not strike(run):
        return False
    step = run.step()
    assert_unlocked(place)
    has_moved = assert_serves(place, before, expected)
    seconds = assert_recovered(place, place.versions(), place.pointer())
    assert place.pointer().content_hash == reference.publication.content_hash
    tally.by_step[step] += 1
    tally.cold_starts += cold
    tally.after_the_pointer += has_moved
    tally.seconds.append(seconds)
    return True


def after(seconds: float) -> Callable[[Run], bool]:
    def strike(run: Run) -> bool:
        time.sleep(max(0.0, seconds - run.seconds))
        return run.kill()

    return strike


def in_publication(place: Workplace, seconds: float) -> Callable[[Run], bool]:
    def strike(run: Run) -> bool:
        if not run.wait_for(place.is_publishing):
            return False
        time.sleep(seconds)
        return run.kill()

    return strike


def test_killed_at_random_moments(
    place: Workplace, reference: Reference, size: Form, findings: Findings, tmp_path: Path
) -> None:
    """In two workplaces side by side, because a run by itself keeps one processor busy.

    In brief one is enough: a second has to run twice before it can be disturbed.
    """
    tally = Tally()
    count = 1 if size.kills <= 2 else 2

    def lane(number: int) -> None:
        own = place if number == 0 else small_workplace(tmp_path / "second")
        usual = reference if number == 0 else undisturbed(own)
        assert usual.publication.content_hash == reference.publication.content_hash
        dice = random.Random(SEED + number)
        done = 0
        while done < size.kills // count:
            moment = dice.uniform(0, usual.seconds)
            done += kill_once(own, usual, tally, after(moment), cold=done % 5 == 4)
            if tally.seconds:
                findings.add("kills", **tally.facts(reference))

    with ThreadPoolExecutor(count) as lanes:
        for ended in [lanes.submit(lane, number) for number in range(count)]:
            ended.result()


def test_killed_while_it_publishes(
    place: Workplace, reference: Reference, size: Form, findings: Findings
) -> None:
    """Publishing is a small part of a run, which random moments seldom meet."""
    dice = random.Random(SEED + 1)
    tally = Tally()
    while len(tally.seconds) < size.kills_in_publication:
        moment = dice.uniform(0, reference.publish_seconds)
        kill_once(place, reference, tally, in_publication(place, moment))
    findings.add("kills_in_publication", **tally.facts(reference))


def test_the_whole_project_killed_at_random_moments(
    size: Form, findings: Findings, tmp_path: Path
) -> None:
    if not size.kills_of_whole_project:
        pytest.skip("in the long form only: make test-faults FAULTS=long")
    place = whole_workplace(tmp_path / "whole")
    reference = undisturbed(place)
    dice = random.Random(SEED + 2)
    tally = Tally()
    while len(tally.seconds) < size.kills_of_whole_project:
        kill_once(place, reference, tally, after(dice.uniform(0, reference.seconds)))
        findings.add("kills_of_whole_project", **tally.facts(reference) if tally.seconds else {})


@pytest.mark.parametrize("victim", ["dbt", "the job"])
def test_one_process_killed_as_the_system_does_for_want_of_memory(
    place: Workplace, reference: Reference, findings: Findings, victim: str
) -> None:
    """Not the whole group: what is left has to end by itself, or to be waited for."""
    before, expected = place.versions(), place.pointer()
    run = place.start()
    assert run.wait_for(lambda: run.dbt() is not None)
    time.sleep(2)
    group, dbt = run.process.pid, run.dbt()
    assert dbt is not None, "the build was over too soon"
    os.kill(dbt if victim == "dbt" else group, signal.SIGKILL)
    code = run.wait()
    killed_at = time.monotonic()

    assert code == (1 if victim == "dbt" else -signal.SIGKILL)
    said = last_words(run)
    if victim == "dbt":
        assert "its process was killed (signal 9)" in said
        assert "Traceback" not in run.output
    else:
        eager = place.run()
        said = last_words(eager) if eager.process.returncode else "done"
        assert said == "done" or "Another process has" in said, eager.output
    assert_serves(place, before, expected)
    _wait_for_end(group)
    seconds = time.monotonic() - killed_at
    assert_recovered(place, place.versions(), place.pointer())
    assert place.pointer().content_hash == reference.publication.content_hash
    said = said.replace(str(place.folder.parent), "...")
    findings.add(f"killed_{victim.replace(' ', '_')}", said=said, orphan_seconds=seconds)


def _wait_for_end(group: int) -> None:
    """Wait until no process of the group is left."""
    started = time.monotonic()
    while time.monotonic() - started < 300:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("a child goes on without its parent")
