"""Tables as they would have been built on an earlier day, from what was known on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import duckdb
from compiled_project import CompiledProject

# Of a table that models read: which rows were known (`$day` is the day, an instant in braces is its
# date in the reporting time zone), and the columns that had another value than today.
Known = Mapping[str, tuple[str, Mapping[str, str]]]


def build_as_known(
    project: CompiledProject,
    connection: duckdb.DuckDBPyConnection,
    steps: Iterable[str],
    known: Known,
    day: date,
) -> None:
    """Build the named models in the database `past`, beside the read-only `warehouse`.

    A table that `known` says nothing of is a KeyError: nobody has thought about what was known.
    """
    connection.execute("attach ':memory:' as past")
    wanted = set(steps)
    nodes = [node for node in project.nodes if node["name"] in wanted]
    assert len(nodes) == len(wanted)
    built = {node["unique_id"] for node in nodes}
    read = {one for node in nodes for one in node["depends_on"]["nodes"]} - built
    by_id = {node["unique_id"]: node for node in project.nodes}
    for node in [by_id[one] for one in sorted(read)]:
        rows, columns = known[node["name"]]
        relation = _relation(connection, node)
        changed = ", ".join(f"{_local(value)} as {name}" for name, value in columns.items())
        shown = f"* replace ({changed})" if changed else "*"
        query = f"select {shown} from warehouse.{relation} where {_local(rows)}"
        literal = query.replace("$day", f"date '{day}'")
        connection.execute(f"create table past.{relation} as {literal}")
    for node in nodes:
        query = project.sql[node["unique_id"]].replace('"warehouse".', '"past".')
        connection.execute(f"create table past.{_relation(connection, node)} as {query}")


def differences(
    connection: duckdb.DuckDBPyConnection, relation: str, day: date
) -> list[tuple[object, ...]]:
    """Rows of months up to the day that stand in one of the two databases only."""
    now = f"select * from warehouse.{relation} where month_start <= date '{day}'"
    then = f"select * from past.{relation}"
    [(rows,)] = connection.execute(f"select count(*) from ({then})").fetchall()
    assert rows > 0, relation
    return [
        row
        for one, other in ((now, then), (then, now))
        for row in connection.execute(f"({one}) except all ({other})").fetchmany(3)
    ]


def _relation(connection: duckdb.DuckDBPyConnection, node: Mapping[str, str]) -> str:
    """Schema and name of a model, in a database `past` that has the schema."""
    connection.execute(f'create schema if not exists past."{node["schema"]}"')
    return f'"{node["schema"]}"."{node["alias"]}"'


def _local(template: str) -> str:
    return template.replace("{", "cast(timezone('Europe/Amsterdam', timezone('UTC', ").replace(
        "}", ")) as date)"
    )
