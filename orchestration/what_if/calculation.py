"""Computes the incentive models on the proposed rows, in a file of its own.

What programs read is copied from the build file as it was built last; what depends on program rows
is built anew by dbt, with the tests of those models. Neither the build file nor what is published
is written to.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration.build_record import summarize
from orchestration.errors import PartnerMetricsError
from orchestration.files import remove_database
from orchestration.programs.contract import load_files
from orchestration.raw_sources import literal
from orchestration.settings import PROJECT_DIR, Settings, venv_executable
from orchestration.what_if.proposal import Proposal, seed_query
from orchestration.what_if.steps import Steps

ARGUMENTS = (
    "build", "--indirect-selection", "cautious", "--exclude-resource-type", "unit_test",
    "--exclude-resource-type", "seed",
)  # fmt: skip


def scratch_settings(settings: Settings) -> Settings:
    """Settings that build in a folder beside the simulations.

    All share it, so that dbt parses the project for the first one only.
    """
    return replace(settings, build_dir=settings.build_dir / "simulations" / ".work")


def calculate(settings: Settings, steps: Steps, proposal: Proposal, programs: Path) -> date | None:
    """Fill the scratch file; returns the day as known on which rows were read, if not as usual.

    Raises PartnerMetricsError when a model or test of the simulated calculation fails.
    """
    scratch = scratch_settings(settings)
    for folder in (scratch.build_dir, scratch.log_dir, scratch.spill_dir):
        folder.mkdir(parents=True, exist_ok=True)
    remove_database(scratch.warehouse_path)
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        # the views of the build file know it as `warehouse`
        connection.execute(
            f"attach {literal(str(settings.warehouse_path))} as warehouse (read_only)"
        )
        connection.execute(f"attach {literal(str(scratch.warehouse_path))} as scratch")
        _require_built_rows(connection, steps, programs)
        known_on = _known_on(connection, proposal)
        _copy_inputs(connection, steps)
        _load_programs(connection, steps, proposal)
    _build(scratch, steps, {"programs_known_on": known_on.isoformat()} if known_on else {})
    return known_on


def _require_built_rows(
    connection: duckdb.DuckDBPyConnection, steps: Steps, programs: Path
) -> None:
    """What is paid now has to be what the project's rows pay, or the comparison would mislead."""
    stale = []
    for name, relation in steps.programs.items():
        project = seed_query(name, programs)
        built = f"select {', '.join(load_files()[name].columns)} from warehouse.{relation.quoted}"
        for one, other in ((project, built), (built, project)):
            if connection.execute(f"{one} except {other}").fetchone():
                stale.append(f"{name}.csv")
    if stale:
        names = list(dict.fromkeys(stale))
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        raise PartnerMetricsError(
            f"The project's own {', '.join(names[:5])}{more} changed since the last build, so "
            "there is nothing to compare with. Run `make run` first; rows that are only tried "
            "belong in the folder that you simulate."
        )


def _copy_inputs(connection: duckdb.DuckDBPyConnection, steps: Steps) -> None:
    for relation in steps.inputs:
        connection.execute(f'create schema if not exists scratch."{relation.schema}"')
        connection.execute(
            f"create table scratch.{relation.quoted} as from warehouse.{relation.quoted}"
        )


def _load_programs(connection: duckdb.DuckDBPyConnection, steps: Steps, proposal: Proposal) -> None:
    for name, relation in steps.programs.items():
        connection.execute(f'create schema if not exists scratch."{relation.schema}"')
        connection.execute(
            f"create table scratch.{relation.quoted} as {seed_query(name, proposal.files)}"
        )
    for version in proposal.drafts:
        connection.execute(
            f"update scratch.{steps.programs['program_versions'].quoted} set status = 'approved' "
            "where program_version_id = ?",
            [version],
        )


def _known_on(connection: duckdb.DuckDBPyConnection, proposal: Proposal) -> date | None:
    """Rows that are recorded after the day the data speaks for have to be known all the same."""
    [(usual,)] = connection.execute(
        "select max(known_on) from warehouse.intermediate.int_incentives__versions"
    ).fetchall()
    return later_knowledge(usual, proposal.known_on)


def later_knowledge(usual: date | None, newest: date | None) -> date | None:
    """The day whose knowledge has to count so that all changed rows do; None: the usual one."""
    if newest is None or (usual is not None and newest <= usual):
        return None
    return newest


def _build(scratch: Settings, steps: Steps, variables: dict[str, str]) -> None:
    results = scratch.dbt_target_dir / "run_results.json"
    results.unlink(missing_ok=True)
    done = subprocess.run(
        [
            venv_executable("dbt"), "--quiet", *ARGUMENTS, "--project-dir", str(PROJECT_DIR),
            "--vars", json.dumps(variables), "--select", *steps.models,
        ],
        cwd=PROJECT_DIR,
        env={**os.environ, **scratch.child_environment()},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return
    failures = []
    if results.exists():
        record = summarize(json.loads(results.read_bytes()), "simulation", complete=False)
        failures = [f"  - {one.name}: {one.message}" for one in record.failures
                    if one.status != "skipped"]  # fmt: skip
    detail = "\n".join(failures) or (done.stdout + done.stderr)[-2_000:]
    raise PartnerMetricsError(
        "The simulated calculation did not pass, so there is nothing to compare:\n"
        f"{detail}\nThe rows are valid one by one; look at what they come to together. The tables "
        f"are in {scratch.warehouse_path}, dbt's log is in {scratch.log_dir}."
    )
