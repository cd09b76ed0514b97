"""What dbt gives to templates, as far as checking the style of SQL needs it.

Macros with a version per engine, and dbt's own cross-database macros, render as a function call
with the same arguments; so models are checked without a database and in seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

__all__ = ["adapter", "dbt", "execute", "var"]

PROJECT = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "dbt_project.yml").read_text("utf-8")
)

execute = False


def var(name: str, default: Any = None) -> Any:
    """The project's own value of a variable."""
    return PROJECT.get("vars", {}).get(name, default)


def _call(name: str) -> Callable[..., str]:
    def render(*arguments: object, **named: object) -> str:
        values = [str(value) for value in (*arguments, *named.values())]
        return f"{name}({', '.join(values)})" if values else ""

    return render


class _Adapter:
    @staticmethod
    def dispatch(name: str, package: str = "") -> Callable[..., str]:
        return _call(name)

    @staticmethod
    def quote(identifier: str) -> str:
        return f'"{identifier}"'


class _CrossDatabaseMacros:
    def __getattr__(self, name: str) -> Callable[..., str]:
        return _call(name)

    @staticmethod
    def type_string() -> str:
        return "varchar"

    @staticmethod
    def date_spine(part: str, start: str, end: str) -> str:
        """The one macro that stands for a whole query."""
        return f"select {start} as date_{part} where {end} > {start}"


adapter = _Adapter()
dbt = _CrossDatabaseMacros()
