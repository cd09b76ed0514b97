"""`mf`: MetricFlow's own command line on the published file, or with --build on the build file.

mf query --metrics closing_mrr --group-by metric_time__month
mf list metrics
make metrics ARGS="query --metrics closing_mrr --group-by metric_time__month"

The definitions are those that were published with the file, so that they fit the numbers. Nothing
is asked of the internet: MetricFlow's search for a newer version of itself is left out.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dbt_metricflow.cli import main as metricflow_cli
from dbt_metricflow.cli.cli_configuration import CLIConfiguration
from metricflow.engine.metricflow_engine import MetricFlowEngine
from metricflow_semantic_interfaces.protocols.semantic_manifest import SemanticManifest

from orchestration.cli import run_command
from orchestration.publishing import DEFINITIONS, current_definitions, current_file
from orchestration.semantic_layer import DuckDbFile, SemanticLayer, opened
from orchestration.settings import PROJECT_DIR, Settings, load_settings

FROM_BUILD = "--build"


class NoUpdateChecker:
    """Takes the place of the request that asks the package index for a newer version."""

    def check(self, package: str, version: str) -> None:
        return None


class PublishedFile(CLIConfiguration):
    """What the command line asks of dbt's project and profile, from one file instead."""

    def __init__(self, settings: Settings, file: Path, definitions: Path, stack: ExitStack) -> None:
        super().__init__()
        self._settings = settings
        self._file = file
        self._definitions = definitions
        self._stack = stack
        self._layer: SemanticLayer | None = None

    def setup(
        self,
        dbt_profiles_path: Path | None = None,
        dbt_project_path: Path | None = None,
        configure_file_logging: bool = True,
    ) -> None:
        if configure_file_logging:
            self.log_file_path.parent.mkdir(parents=True, exist_ok=True)
            self._configure_logging(self.log_file_path)
        _, self._layer = self._stack.enter_context(
            opened(self._file, self._definitions, self._settings)
        )
        self._is_setup = True

    @property
    def layer(self) -> SemanticLayer:
        if self._layer is None:
            self.setup()
        assert self._layer is not None
        return self._layer

    @property
    def dbt_project_metadata(self) -> Any:
        return SimpleNamespace(project_path=PROJECT_DIR)

    @property
    def mf(self) -> MetricFlowEngine:
        return self.layer.engine

    @property
    def sql_client(self) -> DuckDbFile:
        return self.layer.client

    @property
    def log_file_path(self) -> Path:
        return self._settings.log_dir / "metricflow.log"


class DefinitionsOf:
    """Takes the place of the reader of dbt's project folder: `mf validate-configs` asks it."""

    def __init__(self, configuration: PublishedFile) -> None:
        self._configuration = configuration

    def build_semantic_manifest_from_dbt_project_root(self, project_root: Path) -> SemanticManifest:
        return self._configuration.layer.manifest


def main() -> None:
    """Run MetricFlow's command line with the arguments of this process."""
    arguments = sys.argv[1:]
    settings = load_settings()
    if FROM_BUILD in arguments:
        arguments.remove(FROM_BUILD)
        file, definitions = settings.warehouse_path, settings.dbt_target_dir / DEFINITIONS
    else:
        file, definitions = current_file(settings), current_definitions(settings)
    with ExitStack() as stack:
        configuration = PublishedFile(settings, file, definitions, stack)
        vars(metricflow_cli).update(
            UpdateChecker=NoUpdateChecker, dbtArtifacts=DefinitionsOf(configuration)
        )
        metricflow_cli.cli.main(args=arguments, prog_name="mf", obj=configuration)


if __name__ == "__main__":
    run_command(main)
