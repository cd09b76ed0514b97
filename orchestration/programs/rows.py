"""Reads the program files: a typed row each, and a problem for every value that is none."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from orchestration.programs.contract import VERSION, ColumnContract, FileContract
from orchestration.programs.problems import Problem

Value = str | int | bool | date | Decimal | None
NO_BEGIN, NO_END = date.min, date.max
WHOLE = re.compile(r"-?[0-9]{1,9}")
NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?")


@dataclass(frozen=True)
class Row:
    """One row: an empty field is None, and so is a value that could not be read."""

    file: str
    line: int
    values: dict[str, Value] = field(hash=False)

    def __getitem__(self, column: str) -> Value:
        return self.values[column]

    def text(self, column: str) -> str:
        """The value as text; empty where there is none."""
        value = self.values.get(column)
        return "" if value is None else str(value)

    def day(self, column: str, default: date) -> date:
        """The date in a column, or the default where there is none."""
        value = self.values.get(column)
        return value if isinstance(value, date) else default

    def number(self, column: str, default: int = 0) -> Decimal:
        """The number in a column, or the default where there is none."""
        value = self.values.get(column)
        return Decimal(value) if isinstance(value, Decimal | int) else Decimal(default)

    @property
    def version(self) -> str:
        return self.text(VERSION)

    @property
    def valid(self) -> tuple[date, date]:
        """First day, and first day no more, of the periods it applies to."""
        return self.day("valid_from", NO_BEGIN), self.day("valid_to", NO_END)

    @property
    def known(self) -> tuple[date, date]:
        """First day, and first day no more, on which it is known."""
        return self.day("recorded_on", NO_BEGIN), self.day("superseded_on", NO_END)

    def problem(self, column: str, what: str, remedy: str) -> Problem:
        """A problem with this row."""
        return Problem(self.file, self.line, column, self.text(column), what, remedy)


def read_file(folder: Path, contract: FileContract) -> tuple[list[Row], list[Problem]]:
    """Rows of one file with what is wrong in single fields; rows that do not fit are left out."""
    path = folder / f"{contract.name}.csv"
    if not path.is_file():
        what = "the file is missing"
        return [], [Problem(contract.name, 0, "", "", what, f"Put {path} there, be it empty.")]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(_lines(csv.reader(file, strict=True)))
    except (UnicodeDecodeError, csv.Error) as error:
        remedy = "Save it as comma-separated text in UTF-8."
        return [], [Problem(contract.name, 0, "", "", f"it cannot be read: {error}", remedy)]
    header = lines[0][1] if lines else []
    if problems := list(_header_problems(contract, header)):
        return [], problems
    rows: list[Row] = []
    for line, fields in lines[1:]:
        if len(fields) != len(header):
            what = f"it has {len(fields)} fields and the header has {len(header)}"
            remedy = "Add or take away commas; put a text with a comma in double quotes."
            problems.append(Problem(contract.name, line, "", "", what, remedy))
            continue
        row, found = _row(contract, line, dict(zip(header, fields, strict=True)))
        rows.append(row)
        problems += found
    return rows, problems


def _lines(reader: csv._reader) -> Iterator[tuple[int, list[str]]]:  # type: ignore[name-defined]
    """Each row with the line that it begins on; blank lines are none."""
    begins = 1
    for fields in reader:
        if fields:
            yield begins, fields
        begins = reader.line_num + 1


def _header_problems(contract: FileContract, header: list[str]) -> Iterator[Problem]:
    names = list(contract.columns)
    for name in names:
        if name not in header:
            remedy = "Add it to the first line, and a field to each row."
            yield Problem(contract.name, 1, name, "", "the column is missing", remedy)
    for name in header:
        if name not in names:
            remedy = f"The columns are {', '.join(names)}."
            yield Problem(contract.name, 1, name, "", "no such column is known", remedy)
    if len(header) != len(set(header)):
        yield Problem(contract.name, 1, "", "", "a column stands there twice", "Take one away.")


def _row(contract: FileContract, line: int, fields: dict[str, str]) -> tuple[Row, list[Problem]]:
    values: dict[str, Value] = {}
    problems = []
    for name, column in contract.columns.items():
        text = fields[name]
        values[name] = None
        if not text:
            if column.required:
                remedy = "Fill it in." + _choices(column)
                problems.append(Problem(contract.name, line, name, "", "it is empty", remedy))
            continue
        try:
            values[name] = _value(column, text)
        except ValueError as error:
            remedy = str(error) + _choices(column)
            problems.append(Problem(contract.name, line, name, text, _unfit(column), remedy))
            continue
        if range_ := _out_of_range(column, values[name]):
            what = "it is out of range"
            problems.append(Problem(contract.name, line, name, text, what, range_))
    return Row(contract.name, line, values), problems


def _unfit(column: ColumnContract) -> str:
    return "no such value is known" if column.values else "it is not what the column holds"


def _choices(column: ColumnContract) -> str:
    return f" It is one of {', '.join(column.values)}." if column.values else ""


def _value(column: ColumnContract, text: str) -> Value:
    """The text as the column's type. Raises ValueError that says what the text has to be."""
    if text != text.strip():
        raise ValueError("Take the white space around it away.")
    if column.values and text not in column.values:
        raise ValueError("Choose one that is known.")
    if column.type == "boolean":
        if text not in ("true", "false"):
            raise ValueError("Write true or false.")
        return text == "true"
    if column.type == "date":
        return _date(text)
    if column.type == "integer":
        if not WHOLE.fullmatch(text):
            raise ValueError("Write a whole number of at most nine digits.")
        return int(text)
    return _decimal(text, column.digits) if column.digits else text


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or text != found.isoformat():
        raise ValueError("Write a day as 2026-07-01.")
    return found


def _decimal(text: str, digits: tuple[int, int]) -> Decimal:
    whole, places = digits
    match = NUMBER.fullmatch(text)
    if not match:
        raise ValueError("Write a number such as 0.0375: digits, with a point before decimals.")
    if len(match[1]) > whole or len(match[2] or "") > places:
        raise ValueError(f"Write at most {whole} digits before the point and {places} after it.")
    return Decimal(text)


def _out_of_range(column: ColumnContract, value: Value) -> str:
    """What the range is, where the value is not in it; else empty."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return ""
    below = column.minimum is not None and value < column.minimum
    if below or (column.above is not None and value <= column.above):
        bound = f"at least {column.minimum}" if below else f"more than {column.above}"
        return f"It has to be {bound}."
    if column.maximum is not None and value > column.maximum:
        return f"It may be at most {column.maximum}."
    return ""
