"""Runs of the simulator that tests ask questions."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb

from orchestration.simulator import SimulationConfig, simulate


class Simulated:
    """A finished run and a way to ask it questions."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.raw, self.truth = root / "raw", root / "truth"
        self.config = SimulationConfig(out=self.raw, truth=self.truth, **settings)
        self.counts = simulate(self.config)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query in which `raw:source.table` and `truth:table` name files."""
        words = []
        for word in query.split(" "):
            kind, _, name = word.partition(":")
            root = {"raw": self.raw, "truth": self.truth}.get(kind)
            path = root / name.replace(".", "/") / "*.parquet" if root and name else None
            words.append(f"read_parquet('{path}')" if path else word)
        return duckdb.sql(" ".join(words)).fetchall()


def digest(root: Path) -> dict[str, str]:
    """Hash of every file below a folder."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
