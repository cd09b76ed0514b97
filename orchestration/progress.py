"""A progress line a step, for a person at a terminal; silent inside Dagster's own processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.status import Status


@dataclass
class Step:
    """One line of progress: `detail` is what is printed behind its name when it ends."""

    name: str
    detail: str = ""
    status: Status | None = None

    def update(self, detail: str) -> None:
        """Show how far the step is; `detail` stays as the last word when the step ends."""
        self.detail = detail
        if self.status is not None:
            self.status.update(f"{self.name}: {detail}")


@dataclass
class Progress:
    """Prints to `console` when there is one, and keeps the seconds of every step."""

    console: Console | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        step = Step(name)
        started = time.perf_counter()
        if self.console is not None and self.console.is_terminal:
            step.status = self.console.status(name)
            step.status.start()
        mark = "[red]✗[/red]"
        try:
            yield step
            mark = "[green]✓[/green]"
        finally:
            self.seconds[name] = time.perf_counter() - started
            if step.status is not None:
                step.status.stop()
            if self.console is not None:
                self.console.print(
                    f"{mark} {name:<12} {self.seconds[name]:6.1f} s  {step.detail}", highlight=False
                )


progress = Progress()
