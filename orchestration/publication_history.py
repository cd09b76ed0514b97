"""What was current when: `published/history.jsonl`, a line for each move of the pointer.

A line is written after the pointer has moved. If the process dies in between, the next move makes
up for it, because the pointer itself says what the line has to say.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.files import flush, write_whole

HISTORY = "history.jsonl"


@dataclass(frozen=True)
class Move:
    """From `at` (UTC) on `version` was current, instead of `instead_of`; `by` rolled it back."""

    at: str
    event: str
    version: str
    instead_of: str | None
    content_hash: str
    by: str | None


def read_history(folder: Path) -> list[Move]:
    """All moves of the pointer, the earliest first."""
    path = folder / HISTORY
    if not path.exists():
        return []
    return [Move(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def add_move(
    folder: Path, at: str, version: str, content_hash: str, rolled_back_by: str | None
) -> None:
    """Add the line of what is current since `at`, unless the last line is that one."""
    moves = read_history(folder)
    last = moves[-1] if moves else None
    if last is not None and (last.at, last.version) == (at, version):
        return
    event = "rolled back" if rolled_back_by else "published"
    before = last.version if last else None
    moves.append(Move(at, event, version, before, content_hash, rolled_back_by))
    write_whole(folder / HISTORY, "".join(f"{json.dumps(asdict(move))}\n" for move in moves))
    flush(folder / HISTORY)
