"""`make docs`: dbt's own documentation of all models, tests and metrics, with lineage, as one file.

The page holds its data and loads nothing, so it opens without a server or a network, and can be
sent to somebody as it is. It says what the project is now; types and sizes are of the build file.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.run_lock import hold_build
from orchestration.settings import PROJECT_DIR, Settings, load_settings, shown, venv_executable

PAGE = "index.html"


def site_folder(settings: Settings) -> Path:
    return settings.build_dir / "dbt_docs"


def write_site(settings: Settings) -> Path:
    """Write the page and return its path; raises PartnerMetricsError when dbt cannot.

    dbt works in a folder of its own, so that the manifest of the last build stays as it was, and
    the last page stays until a new one is whole.
    """
    if not settings.warehouse_path.exists():
        raise PartnerMetricsError(
            f"There is no build file in {settings.build_dir} to document. Run `make run` first."
        )
    target = site_folder(settings) / "target"
    command = [venv_executable("dbt"), "--quiet", "docs", "generate", "--static"]
    done = subprocess.run(
        [*command, "--project-dir", str(PROJECT_DIR), "--target-path", str(target)],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PartnerMetricsError(f"dbt wrote no documentation.\n{done.stdout}{done.stderr}")
    return (target / "static_index.html").replace(site_folder(settings) / PAGE)


def main() -> None:
    settings = load_settings()
    settings.prepare()
    hold_build(settings)
    print(f"dbt docs   {shown(write_site(settings))}: opens in any browser, without a server")


if __name__ == "__main__":
    run_command(main)
