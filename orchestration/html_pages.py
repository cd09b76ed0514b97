"""What the project's own HTML pages are rendered with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment_of(folder: Path, **filters: Callable[..., Any]) -> Environment:
    """An environment for the templates of a folder, with filters beside `moment`.

    Every text is escaped, and a name that is not there is an error.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters, moment=_moment)
    return environment


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M} UTC"
