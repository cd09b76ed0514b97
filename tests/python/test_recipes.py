"""The README's ten questions: `mf query` and SQL on the published file give the same rows."""

from __future__ import annotations

import csv
import re
import shlex
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pytest
from conftest import MainRun

from orchestration.publishing import current_file
from orchestration.settings import PROJECT_DIR

README = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")
SECTION = re.search(r"^## Ten questions\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
QUESTION = re.compile(
    r"^\*\*(?P<question>\d+\. [^*]+)\*\*.*?"
    r"^```sh\n(?P<command>.*?)^```.*?"
    r"^```sql\n(?P<sql>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
RECIPES = [match.groupdict() for match in QUESTION.finditer(SECTION.group(1) if SECTION else "")]
ENTITIES = ("partner", "customer", "product")


def column_name(name: str) -> str:
    """What the published tables call MetricFlow's column `partner__partner_name` and the like."""
    parts = name.split("__")
    if parts[0] == "metric_time":
        return f"{parts[1]}_start"
    if len(parts) > 1:
        return parts[1]
    return f"{name}_id" if name in ENTITIES else name


def value(text: object) -> object:
    """Numbers as numbers, all else as text; empty is None."""
    if text is None or text == "":
        return None
    try:
        return Decimal(str(text)).quantize(Decimal("0.000001"))
    except InvalidOperation:
        return str(text).removesuffix(" 00:00:00").removesuffix("T00:00:00")


def asked(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """The rows of an `mf` command, by column."""
    from orchestration import metrics

    arguments = shlex.split(command.replace("\\\n", " "))
    assert arguments[0] == "mf"
    file = folder / "answer.csv"
    monkeypatch.setattr(sys, "argv", [*arguments, "--csv", str(file)])
    with pytest.raises(SystemExit) as ended:
        metrics.main()
    assert not ended.value.code
    with file.open(encoding="utf-8", newline="") as answer:
        return [
            {column_name(key): value(cell) for key, cell in row.items()}
            for row in csv.DictReader(answer)
        ]


def queried(sql: str, file: Path) -> list[dict[str, object]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, map(value, row), strict=True)) for row in cursor.fetchall()]


def test_there_are_ten_questions() -> None:
    assert [int(recipe["question"].split(".")[0]) for recipe in RECIPES] == list(range(1, 11))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe["question"].split(".")[0])
def test_both_ways_give_the_same_rows(
    recipe: dict[str, str],
    main_run: MainRun,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, setting in main_run.settings.child_environment().items():
        monkeypatch.setenv(name, setting)

    by_metric = asked(recipe["command"], tmp_path, monkeypatch)
    by_sql = queried(recipe["sql"], current_file(main_run.settings))

    assert by_sql
    assert sorted(by_metric, key=repr_of) == sorted(by_sql, key=repr_of)


def repr_of(row: dict[str, object]) -> str:
    return repr(sorted(row.items()))
