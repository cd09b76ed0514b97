"""Runs the warehouse on raw rows in this process: landing, then the models as dbt compiled them.

dbt compiles once, for extracts whose columns are all text; a run after that takes seconds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from oracle import Key, Row
from world import write_raw

from orchestration.landing import land
from orchestration.settings import PROJECT_DIR, Settings, load_settings, venv_executable


@dataclass
class Rig:
    """Compiled models by layer; each run has a folder of its own."""

    folder: Path
    nodes: list[dict[str, Any]] = field(default_factory=list)
    tests: list[dict[str, Any]] = field(default_factory=list)
    runs: int = 0

    def settings(self, raw: Path) -> Settings:
        return load_settings(
            {
                "PARTNER_METRICS_BUILD_DIR": str(self.folder / "build"),
                "PARTNER_METRICS_PUBLISH_DIR": str(self.folder / "published"),
                "PARTNER_METRICS_LEDGER_DIR": str(self.folder / "ledger"),
                "PARTNER_METRICS_RAW": str(raw),
                "PARTNER_METRICS_THREADS": "1",
            }
        )

    def compile(self, raw: Path) -> None:
        """Let dbt compile the project for this raw data, and keep what it compiled."""
        settings = self.settings(raw)
        land(settings)
        self.dbt(settings, "seed")
        self.dbt(settings, "compile")
        manifest = json.loads((settings.dbt_target_dir / "manifest.json").read_bytes())
        nodes = manifest["nodes"]
        self.nodes = [nodes[name] for name in _in_order(nodes)]
        self.tests = [
            node for node in nodes.values()
            if node["resource_type"] == "test" and node.get("compiled_code")
        ]  # fmt: skip

    def dbt(self, settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ, **settings.child_environment(),
            "PARTNER_METRICS_RAW": settings.raw_location, "PARTNER_METRICS_THREADS": "1",
        }  # fmt: skip
        done = subprocess.run(
            [venv_executable("dbt"), "--quiet", *arguments, "--project-dir", str(PROJECT_DIR)],
            cwd=PROJECT_DIR, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def run(
        self, rows: dict[Key, list[Row]], *, everything: bool = True
    ) -> duckdb.DuckDBPyConnection:
        """Land the rows and build; without `everything` only what judges rows."""
        self.runs += 1
        return self.build(self.write(rows, str(self.runs % 2)), everything=everything)

    def write(self, rows: dict[Key, list[Row]], name: str) -> Path:
        """The rows as files in a folder of that name, in place of what was there."""
        folder = self.folder / f"raw_{name}"
        shutil.rmtree(folder, ignore_errors=True)
        return write_raw(rows, folder)

    def build(self, raw: Path, *, everything: bool = True) -> duckdb.DuckDBPyConnection:
        settings = self.settings(raw)
        land(settings)
        connection = duckdb.connect(
            str(settings.warehouse_path), config={**settings.duckdb_config(), "threads": 1}
        )
        try:
            connection.execute("set TimeZone = 'UTC'")
            self._build_models(connection, everything)
        except BaseException:
            connection.close()
            raise
        return connection

    def _build_models(self, connection: duckdb.DuckDBPyConnection, everything: bool) -> None:
        wanted = None if everything else self._judging()
        for node in self.nodes:
            if wanted is not None and node["unique_id"] not in wanted:
                continue
            relation = f'"{node["schema"]}"."{node["alias"]}"'
            connection.execute(f'create schema if not exists "{node["schema"]}"')
            if node["resource_type"] == "seed":
                connection.execute(_seed_sql(node, relation))
                continue
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            try:
                connection.execute(f"create {kind} {relation} as\n{node['compiled_code']}")
            except duckdb.Error as error:
                raise ModelFailedError(node["name"], str(error)) from error

    def _judging(self) -> set[str]:
        """The models that raw rows pass before the audit, and the audit of contracts."""
        by_id = {node["unique_id"]: node for node in self.nodes}
        found: set[str] = set()
        waiting = ["model.partner_metrics.quarantined_rows"]
        while waiting:
            one = waiting.pop()
            if one in by_id and one not in found:
                found.add(one)
                waiting += by_id[one]["depends_on"].get("nodes", [])
        return found

    def failed_tests(self, connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
        """Data tests of the project that do not hold, with sample rows."""
        failed = {}
        for test in self.tests:
            if test["config"].get("severity", "error").lower() != "error":
                continue
            found = connection.execute(test["compiled_code"]).fetchmany(3)
            if found:
                failed[test["name"]] = found
        return failed


class ModelFailedError(AssertionError):
    """A model that raw rows made fail: a crash without a named cause."""

    def __init__(self, model: str, error: str) -> None:
        super().__init__(f"{model}: {error}")
        self.model = model


def _in_order(nodes: dict[str, Any]) -> list[str]:
    wanted = {
        name for name, node in nodes.items() if node["resource_type"] in ("model", "seed")
        and node["config"]["enabled"]
    }  # fmt: skip
    placed: list[str] = []
    while waiting := [name for name in nodes if name in wanted and name not in set(placed)]:
        done = set(placed)
        ready = [
            name for name in waiting
            if not ({*nodes[name]["depends_on"].get("nodes", [])} & wanted) - done
        ]  # fmt: skip
        assert ready, waiting
        placed += ready
    return placed


def _seed_sql(node: dict[str, Any], relation: str) -> str:
    path = PROJECT_DIR / node["original_file_path"]
    types = node["config"].get("column_types") or {}
    given = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    option = f", types = {{{given}}}" if given else ""
    return f"create table {relation} as select * from read_csv('{path}', header = true{option})"
