"""The embedded default: simulated raw data of a demo channel, made when it is not there yet."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from orchestration.progress import progress
from orchestration.settings import PROJECT_DIR, Settings


def ensure_demo_raw(settings: Settings) -> None:
    """Simulate into `build/raw/demo` unless the same simulator already did."""
    stamp = settings.build_dir / "raw" / "demo.stamp"
    fingerprint = _simulator_fingerprint()
    if stamp.exists() and stamp.read_text("utf-8") == fingerprint:
        return
    from orchestration.simulator import SimulationConfig, simulate  # only when it is needed

    with progress.step("simulate") as step:
        for folder in (settings.demo_raw_dir, settings.demo_truth_dir):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        rows = simulate(
            SimulationConfig(settings.demo_raw_dir, settings.demo_truth_dir),
            lambda done, total: step.update(f"{done:,} of {total:,} customers"),
        )
        step.update(f"{sum(rows.values()):,} raw rows of a demo channel")
    stamp.write_text(fingerprint, encoding="utf-8")


def _simulator_fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(PROJECT_DIR / "orchestration" / "simulator").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
