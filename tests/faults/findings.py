"""What the fault suite found, kept for the report: one entry a fault that was tried."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.files import write_whole
from orchestration.settings import PROJECT_DIR

FOLDER = PROJECT_DIR / "build" / "faults"


@dataclass(frozen=True)
class Form:
    """How much is tried: in brief in continuous integration, at length for the report."""

    name: str
    kills: int
    kills_in_publication: int
    kills_of_whole_project: int
    publications: int
    readers: int


SHORT = Form("short", 4, 2, 0, 8, 4)
BRIEF = Form("brief", 2, 1, 0, 5, 3)
LONG = Form("long", 50, 10, 5, 30, 8)


def form() -> Form:
    """By the environment: FAULTS=long, FAULTS=brief, or the short form."""
    named = {form.name: form for form in (BRIEF, LONG)}
    return named.get(os.environ.get("FAULTS", ""), SHORT)


@dataclass(frozen=True)
class Findings:
    """A file an entry, so that a test can be repeated alone, and a broken-off suite tells."""

    form: str

    @property
    def folder(self) -> Path:
        return FOLDER / self.form

    def add(self, name: str, **facts: object) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / f"{name}.json", json.dumps(facts, indent=2))

    def read(self) -> dict[str, dict[str, Any]]:
        """All entries by name."""
        files = sorted(self.folder.glob("*.json"))
        return {file.stem: json.loads(file.read_text("utf-8")) for file in files}
