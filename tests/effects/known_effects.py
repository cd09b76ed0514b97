"""Holds estimates against simulated channels, in which the effects of care are known.

    python tests/effects/known_effects.py 20      twenty channels, from raw tables on
    make test-effects SEEDS=20

Each channel has another seed. It is simulated, landed and built as far as the estimates, by the
SQL that dbt compiled once. The simulator draws who is looked after with a chance that its truth
knows; from these chances follows what an estimate should find, in the very strata of the
warehouse. An interval of 95 % has to hold that in 95 of 100 cases: it fails when they do so too
seldom. With 50 seeds or more, docs/effects_measured.md is written. Ctrl-C ends it early, with what
was counted until then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from math import comb, isnan, log, nan
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "python")]

from compiled_project import CompiledProject, read_project  # noqa: E402
from effects_truth import COMPARED  # noqa: E402
from warehouse_builds import land_here  # noqa: E402

from orchestration.settings import Settings, load_settings, venv_executable  # noqa: E402
from orchestration.simulator import SimulationConfig, simulate  # noqa: E402

MODEL = "model.partner_metrics."
FIRST_SEED = 1_000
CUSTOMERS = 1_500
PAGE = PROJECT / "docs" / "effects_measured.md"
PAGE_FROM = 50
# Chance of an alarm without a cause, for each kind of figure.
DOUBT = 0.001
FIGURES = {
    "risk difference": "difference of renewed and expanded",
    "odds ratio": "odds ratio of renewed and expanded",
    "difference of ratios": "difference of MRR kept",
}


@dataclass
class Count:
    """How often intervals held the truth, and how often crude ones of the same width would."""

    trials: int = 0
    held: int = 0
    held_crude: int = 0
    without: int = 0

    def add(self, truth: float, crude: float, low: float, high: float, middle: float) -> None:
        self.trials += 1
        self.held += low <= truth <= high
        self.held_crude += low - middle <= truth - crude <= high - middle


@dataclass
class Channels:
    """A folder in which one channel after the other is made and thrown away."""

    folder: Path
    counts: dict[tuple[str, str], Count] = field(default_factory=lambda: defaultdict(Count))
    project: CompiledProject | None = None

    def settings(self) -> Settings:
        return load_settings(
            {
                "PARTNER_METRICS_BUILD_DIR": str(self.folder / "build"),
                "PARTNER_METRICS_PUBLISH_DIR": str(self.folder / "published"),
                "PARTNER_METRICS_LEDGER_DIR": str(self.folder / "ledger"),
                "PARTNER_METRICS_RAW": str(self.folder / "raw"),
                "PARTNER_METRICS_THREADS": "1",
            }
        )

    def check(self, seed: int) -> None:
        """Simulate a channel, build it, and count whose intervals hold the truth."""
        truth = self.folder / "truth"
        simulate(
            SimulationConfig(
                self.folder / "raw", truth, customers=CUSTOMERS, seed=seed, usage=False, workers=1
            )
        )
        settings = self.settings()
        land_here(settings)
        self.project = self.project or self._compiled(settings)
        with duckdb.connect(str(settings.warehouse_path), config={"threads": 1}) as connection:
            self._build(connection, self.project)
            connection.execute(f"create temp view truth_care as from '{truth}/care/*.parquet'")
            rows = connection.execute(COMPARED).fetchall()
        assert rows, "no estimate of a role"
        for outcome, role, *figures in rows:
            # what there is not enough data for is not a number here
            true_difference, true_odds, crude, crude_odds, d, low, high, odds, o_low, o_high = (
                nan if figure is None else float(figure) for figure in figures
            )
            kind = "difference of ratios" if outcome == "mrr_kept" else "risk difference"
            count = self.counts[kind, f"{outcome} by {role}"]
            if isnan(d):
                count.without += 1
            else:
                count.add(true_difference, crude, low, high, d)
            if outcome != "mrr_kept":
                count = self.counts["odds ratio", f"{outcome} by {role}"]
                if isnan(odds):
                    count.without += 1
                else:
                    count.add(*map(log, (true_odds, crude_odds, o_low, o_high, odds)))

    def _build(self, connection: duckdb.DuckDBPyConnection, project: CompiledProject) -> None:
        """The estimates of touches; of partners the simulator knows no true effect."""
        touches = project.upstream(f"{MODEL}int_effects__role_touch_observations")
        project.build(connection, touches)
        connection.execute(
            "create view intermediate.int_effects__observations as "
            "from intermediate.int_effects__role_touch_observations"
        )
        estimates = project.upstream(f"{MODEL}int_effects__estimates")
        observations = project.upstream(f"{MODEL}int_effects__observations")
        project.build(connection, (estimates - observations) - touches)

    def _compiled(self, settings: Settings) -> CompiledProject:
        """The models, compiled by dbt for the columns of the first channel."""
        environment = {
            **os.environ, **settings.child_environment(),
            "PARTNER_METRICS_RAW": settings.raw_location, "PARTNER_METRICS_THREADS": "1",
        }  # fmt: skip
        done = subprocess.run(
            [venv_executable("dbt"), "--quiet", "compile", "--project-dir", str(PROJECT),
             "--select", "+int_effects__estimates", "--exclude", "resource_type:test",
             "resource_type:unit_test"],
            cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            return read_project(settings.dbt_target_dir, connection)


def fewest_held(trials: int, rate: float = 0.95) -> int:
    """The number of hits below which chance brings it less often than DOUBT."""
    below = 0.0
    for hits in range(trials + 1):
        below += comb(trials, hits) * rate**hits * (1 - rate) ** (trials - hits)
        if below > DOUBT:
            return hits
    return trials


def total(counts: dict[tuple[str, str], Count], kind: str) -> Count:
    parts = [count for (of, _), count in counts.items() if of == kind]
    return Count(
        sum(part.trials for part in parts),
        sum(part.held for part in parts),
        sum(part.held_crude for part in parts),
        sum(part.without for part in parts),
    )


def table(counts: dict[tuple[str, str], Count]) -> str:
    lines = [
        "| figure | of | intervals | hold the truth | as wide, around the crude figure |",
        "|---|---|---|---|---|",
    ]
    for kind, what in FIGURES.items():
        parts = [("**all**", total(counts, kind))]
        parts += [(name, count) for (of, name), count in sorted(counts.items()) if of == kind]
        for name, count in parts:
            if count.trials:
                lines.append(
                    f"| {kind if name == '**all**' else ''} | {what if name == '**all**' else name}"
                    f" | {count.trials} | {count.held / count.trials:.1%}"
                    f" | {count.held_crude / count.trials:.1%} |"
                )
    return "\n".join(lines)


def main(seeds: int) -> int:
    """Check so many channels, or until Ctrl-C; 1 when intervals hold the truth too seldom."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="known_effects_") as folder:
        channels = Channels(Path(folder))
        done = 0
        while done < seeds:
            try:
                channels.check(FIRST_SEED + done)
            except KeyboardInterrupt:
                break
            done += 1
            taken = timedelta(seconds=round(time.monotonic() - begun))
            held = ", ".join(
                f"{kind} {count.held} of {count.trials}"
                for kind in FIGURES
                if (count := total(channels.counts, kind)).trials
            )
            print(f"seed {FIRST_SEED + done - 1}, {taken}. Held: {held}", flush=True)
    found = table(channels.counts)
    print(found)
    problems = []
    for kind in FIGURES:
        count = total(channels.counts, kind)
        fewest = fewest_held(count.trials)
        if count.held < fewest:
            problems.append(f"{kind}: {count.held} of {count.trials} hold the truth, not {fewest}")
    if done >= PAGE_FROM:
        PAGE.write_text(
            "# Estimates held against simulated channels\n\n"
            f"Written by `make test-effects SEEDS={seeds}`; do not edit. "
            f"{done} channels of {CUSTOMERS:,} customers each, from raw tables on.\n"
            "What it means: [effects.md](effects.md).\n\n"
            f"{found}\n",
            encoding="utf-8",
        )
        print(f"Wrote {PAGE.relative_to(PROJECT)}.")
    for problem in problems:
        print(f"Too seldom: {problem}.", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
