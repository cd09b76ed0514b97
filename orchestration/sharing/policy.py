"""Reads policy.yml: which published tables partners are given, which rows and which columns.

Nothing is shared by default. A policy that leaves a question open is refused as a whole, with every
problem at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import PartnerMetricsError

POLICY = Path(__file__).with_name("policy.yml")
SHARE, OWN_MRR, MASK, DROP = "share", "own_mrr", "mask", "drop"
OWN, IN_SERVICE, LAST = "own", "in_service", "last"
ROWS = (OWN, IN_SERVICE, LAST)
WITH_REASON = (OWN_MRR, MASK, DROP)
KEYS = {"table", "about", "note", "rows", "only", "months", "order", SHARE, *WITH_REASON}
# The types that a file may have: plain ones, which carry nothing but the rows that are written.
TYPES = ("varchar", "bigint", "integer", "boolean", "date", "timestamp", "decimal(")


@dataclass(frozen=True)
class Treatment:
    """What becomes of a column, and why where it is not simply shared."""

    kind: str
    reason: str


@dataclass(frozen=True)
class SharedFile:
    """A file that every partner gets, and the certified table that it comes from.

    `only` are the values that columns may have; `months` is None for all of them; `columns` says
    what becomes of each.
    """

    name: str
    table: str
    about: str
    note: str
    rows: str
    only: dict[str, tuple[str, ...]]
    months: int | None
    order: tuple[str, ...]
    columns: dict[str, Treatment]

    def given(self, published: Mapping[str, str]) -> dict[str, Treatment]:
        """Columns that the file has, in the order of the published table."""
        return {name: self.columns[name] for name in published if self.columns[name].kind != DROP}


@dataclass(frozen=True)
class NameOf:
    """Where the name of an id stands."""

    table: str
    column: str


@dataclass(frozen=True)
class Policy:
    """`names` says by id column where its name stands; `digest` changes with every change of it."""

    files: tuple[SharedFile, ...]
    names: dict[str, NameOf]
    digest: str


def read_policy(path: Path = POLICY) -> Policy:
    """The policy of the file; raises PartnerMetricsError where it cannot be understood."""
    text = path.read_text("utf-8")
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PartnerMetricsError(f"{path} is not YAML: {error}") from error
    entries = document.get("files") if isinstance(document, dict) else None
    if not isinstance(entries, dict) or not entries:
        raise PartnerMetricsError(f"{path} names no files to share.")
    problems: list[str] = []
    files = tuple(_file(str(name), entry, problems) for name, entry in entries.items())
    _refuse(problems, path.name)
    names = {key: NameOf(**value) for key, value in (document.get("names") or {}).items()}
    return Policy(files, names, hashlib.sha256(text.encode()).hexdigest())


def require_complete(policy: Policy, published: Mapping[str, Mapping[str, str]]) -> None:
    """Raise PartnerMetricsError unless the policy decides about every column of its tables.

    `published` are the types of the published columns, by table and column.
    """
    problems = [problem for file in policy.files for problem in _open_questions(file, published)]
    problems += [
        f"names.{key}: there is no published column {name.table}.{name.column}"
        for key, name in policy.names.items()
        if name.column not in published.get(name.table, {})
    ]
    _refuse(problems, POLICY.name)


def _open_questions(file: SharedFile, published: Mapping[str, Mapping[str, str]]) -> list[str]:
    if file.table not in published:
        return [f"{file.name}: there is no published table {file.table}; make run, or leave it out"]
    columns = published[file.table]
    needed = set(file.only) | ({"partner_id"} if file.rows == OWN else set())
    needed |= set() if file.rows == OWN else {"customer_id", "month_start"}
    needed |= {"month_start"} if file.months else set()
    problems = [
        f"{file.name}: column {name} of {file.table} is new to the policy; share, mask or drop it"
        for name in columns
        if name not in file.columns
    ]
    problems += [
        f"{file.name}: {file.table} has no column {name}"
        for name in sorted({*file.columns, *needed})
        if name not in columns
    ]
    problems += [
        f"{file.name}: {name} is of type {columns[name]}; only plain types are shared"
        for name, treatment in file.columns.items()
        if name in columns
        and treatment.kind != DROP
        and not columns[name].lower().startswith(TYPES)
    ]
    problems += [
        f"{file.name}: {name} is no text, so it cannot be masked"
        for name, treatment in file.columns.items()
        if treatment.kind == MASK and columns.get(name, "VARCHAR") != "VARCHAR"
    ]
    return problems


def _file(name: str, entry: Any, problems: list[str]) -> SharedFile:
    """A file of the policy; what is wrong with it is added to `problems`."""
    if not isinstance(entry, dict):
        problems.append(f"{name}: has to say table, about, rows and columns")
        entry = {}
    if not name.isidentifier():
        problems.append(f"{name!r}: a file is named by letters, digits and underscores")
    if unknown := set(entry) - KEYS:
        problems.append(f"{name}: does not know {', '.join(sorted(map(str, unknown)))}")
    problems.extend(f"{name}: {key} is missing" for key in ("table", "about") if not entry.get(key))
    if entry.get("rows") not in ROWS:
        problems.append(f"{name}: rows is one of {', '.join(ROWS)}")
    if entry.get(OWN_MRR) and entry.get("rows") == OWN:
        problems.append(f"{name}: own_mrr needs rows that are about a customer in service")
    decided = [(str(column), Treatment(SHARE, "")) for column in entry.get(SHARE) or []]
    for kind in WITH_REASON:
        for column, reason in dict(entry.get(kind) or {}).items():
            if not str(reason or "").strip():
                problems.append(f"{name}: say why {column} is in {kind}")
            decided.append((str(column), Treatment(kind, str(reason))))
    columns: dict[str, Treatment] = {}
    for column, treatment in decided:
        if column in columns:
            problems.append(f"{name}: {column} is named twice")
        columns[column] = treatment
    months = entry.get("months")
    if not (months is None or (isinstance(months, int) and months > 0)):
        problems.append(f"{name}: months is a number of months")
    order = tuple(map(str, entry.get("order") or []))
    problems.extend(
        f"{name}: {column} is in order and not given"
        for column in order
        if column not in columns or columns[column].kind == DROP
    )
    only = {key: tuple(map(str, values)) for key, values in (entry.get("only") or {}).items()}
    return SharedFile(
        name=name,
        table=str(entry.get("table")),
        about=" ".join(str(entry.get("about") or "").split()),
        note=" ".join(str(entry.get("note") or "").split()),
        rows=str(entry.get("rows")),
        only=only,
        months=months,
        order=order,
        columns=columns,
    )


def _refuse(problems: list[str], file: str) -> None:
    if problems:
        listed = "\n  ".join(problems)
        raise PartnerMetricsError(f"Nothing was shared: {file} has problems.\n  {listed}")
