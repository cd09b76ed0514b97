"""A simulation from a folder of program rows to what it would change."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.build_record import require_passed_build
from orchestration.errors import PartnerMetricsError
from orchestration.manifest import ensure_manifest, read_manifest
from orchestration.programs.contract import PROGRAMS_DIR
from orchestration.progress import progress
from orchestration.run_lock import hold_build
from orchestration.settings import Settings
from orchestration.what_if.calculation import calculate, scratch_settings
from orchestration.what_if.comparison import compare
from orchestration.what_if.proposal import read_proposal
from orchestration.what_if.report import Simulation, write_simulation
from orchestration.what_if.steps import steps_of

FILE = "simulation.duckdb"


def simulate(settings: Settings, folder: Path, programs: Path = PROGRAMS_DIR) -> Simulation:
    """Pay the history by the rows of `folder`, and compare with what is paid now.

    Writes `build/simulations/<name of the folder>/`: the page, CSV files, and the simulated
    calculation itself as a DuckDB file. Raises PartnerMetricsError for rows that have a problem.
    """
    if not folder.is_dir():
        raise PartnerMetricsError(
            f"{folder} is no folder. Name the one that has the program files to try:\n"
            "  make simulate PROGRAMS=/path/to/folder"
        )
    scratch = scratch_settings(settings)
    with progress.step("read rows") as step:
        proposal = read_proposal(folder, scratch.build_dir / "rows", programs)
        step.update(f"{len(proposal.changed)} file(s) differ")
    hold_build(settings)
    require_passed_build(settings, "Not simulated")
    with progress.step("calculate") as step:
        ensure_manifest(settings)
        steps = steps_of(read_manifest(settings))
        known_on = calculate(settings, steps, proposal, programs)
        step.update(f"{len(steps.models)} models anew, {len(steps.inputs)} tables as they are")
    with progress.step("compare") as step:
        comparison = compare(settings.warehouse_path, scratch.warehouse_path)
        target = settings.build_dir / "simulations" / folder.name
        shutil.rmtree(target, ignore_errors=True)
        simulation = Simulation(
            folder.name, target, proposal, comparison, known_on, settings.raw is None
        )
        write_simulation(simulation)
        scratch.warehouse_path.replace(target / FILE)
        step.update(f"{len(comparison['payouts'].rows):,} amounts differ")
    return simulation
