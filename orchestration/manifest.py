"""dbt's manifest: prepared when the project changed, read by Dagster and by publication."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole
from orchestration.settings import PROJECT_DIR, Settings, load_settings, venv_executable

PROJECT_FILES = ("dbt_project.yml", "profiles.yml")
PROJECT_FOLDERS = ("models", "macros", "seeds", "snapshots", "tests/dbt")
CERTIFIED_SCHEMA = "certified"


@dataclass(frozen=True)
class TableDescription:
    """What a published table and its columns mean, as dbt documents them."""

    text: str
    columns: dict[str, str]


def ensure_manifest(settings: Settings) -> Path:
    """Path of a manifest that fits the project as it is; parses the project when it changed."""
    settings.prepare()
    manifest = manifest_path(settings)
    stamp = settings.dbt_target_dir / "manifest.stamp"
    fingerprint = _fingerprint(settings)
    is_fresh = stamp.exists() and stamp.read_text("utf-8") == fingerprint and _is_whole(settings)
    if not is_fresh:
        _parse(settings)
        write_whole(stamp, fingerprint)
    return manifest


def read_manifest(settings: Settings) -> dict[str, Any]:
    """The manifest as it was parsed or built last, whatever was edited since.

    Read once as long as the file stays the same: whoever asks gets the same object, to read only.
    """
    path = manifest_path(settings)
    state = path.stat()
    return _content(path, state.st_mtime_ns, state.st_size)


def manifest_path(settings: Settings) -> Path:
    return settings.dbt_target_dir / "manifest.json"


def certified_tables(manifest: dict[str, Any]) -> dict[str, TableDescription]:
    """Name and description of every model that is built into the public schema."""
    return {
        node.get("alias") or node["name"]: TableDescription(
            text=node.get("description", ""),
            columns={
                name: column.get("description", "") for name, column in node["columns"].items()
            },
        )
        for node in certified_models(manifest)
    }


def certified_models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Manifest nodes of the models that are built into the public schema."""
    return [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == CERTIFIED_SCHEMA
    ]


@lru_cache(maxsize=1)
def _content(path: Path, modified: int, size: int) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


def _is_whole(settings: Settings) -> bool:
    """Whether the file can be read: dbt writes it anew in every build, and may be killed in it."""
    try:
        read_manifest(settings)
    except (OSError, ValueError):
        return False
    return True


def _parse(settings: Settings) -> None:
    command = [venv_executable("dbt"), "--quiet", "parse", "--project-dir", str(PROJECT_DIR)]
    done = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PartnerMetricsError(
            f"dbt cannot read the project, so nothing was built.\n{done.stdout}{done.stderr}"
        )


def _fingerprint(settings: Settings) -> str:
    """Changes whenever a file of the dbt project, or a setting that dbt reads, changes."""
    digest = hashlib.sha256()
    for path in _project_files():
        state = path.stat()
        digest.update(f"{path}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    digest.update(json.dumps(settings.child_environment(), sort_keys=True).encode())
    return digest.hexdigest()


def _project_files() -> Iterator[Path]:
    for name in PROJECT_FILES:
        if (PROJECT_DIR / name).exists():
            yield PROJECT_DIR / name
    for folder in PROJECT_FOLDERS:
        yield from sorted(path for path in (PROJECT_DIR / folder).rglob("*") if path.is_file())


if __name__ == "__main__":
    ensure_manifest(load_settings())
