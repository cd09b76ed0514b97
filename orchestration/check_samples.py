"""What a check that did not pass says on Dagster's page: which rows, by what SQL, what to do.

Only keys are shown. Other columns of a row may hold personal data, and Dagster keeps what it is
told; whoever may see the row finds it in the build file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import duckdb

from orchestration.settings import Settings

SAMPLES = 5
# The column that dbt's own tests call the one that they test.
TESTED = ("unique_field", "value_field", "from_field")
# Audit tables have raw rows in their keys.
PRIVATE_SCHEMA = "audit"


def explained(
    checks: Sequence[dg.AssetCheckResult],
    run_results: Mapping[str, Any],
    manifest: Mapping[str, Any],
    settings: Settings,
) -> Iterator[dg.AssetCheckResult]:
    """The checks with samples, SQL and advice, after the build that they did not pass in.

    `run_results` and `manifest` are dbt's; the build file must be free to read.
    """
    if not checks:
        return
    results = {result["unique_id"]: result for result in run_results.get("results", [])}
    keys = key_columns(manifest)
    file = str(settings.warehouse_path)
    with duckdb.connect(file, read_only=True, config=settings.duckdb_config()) as connection:
        for check in checks:
            unique_id = str(check.metadata["unique_id"].value)
            result = results.get(unique_id, {})
            test = manifest["nodes"][unique_id]
            sql = result.get("compiled_code") or test["raw_code"]
            more: dict[str, Any] = {
                "message": str(result.get("message") or "dbt ended before it said why"),
                "samples": dg.MetadataValue.md(_samples(connection, sql, test, keys)),
                "sql": dg.MetadataValue.md(f"```sql\n{sql.strip()}\n```"),
                "what_to_do": _advice(check, test, manifest, settings),
            }
            yield check._replace(metadata={**check.metadata, **more})


def key_columns(manifest: Mapping[str, Any]) -> set[str]:
    """Names of all columns that some table's rows are told apart by."""
    return {
        column
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "unique_key"
        and manifest["nodes"].get(node["attached_node"], {}).get("schema") != PRIVATE_SCHEMA
        for column in node["test_metadata"]["kwargs"]["columns"]
    }


def _samples(
    connection: duckdb.DuckDBPyConnection, sql: str, test: Mapping[str, Any], keys: set[str]
) -> str:
    """Keys of a few failing rows, as a Markdown table."""
    try:
        cursor = connection.execute(f"select * from ({sql}) limit {SAMPLES}")
    except duckdb.Error as error:
        return f"none: the check's SQL does not run ({str(error).splitlines()[0]})"
    tested = str(test.get("column_name") or "")
    names = [tested if column[0] in TESTED else column[0] for column in cursor.description or []]
    shown = [place for place, name in enumerate(names) if name in keys]
    if not shown:
        return "none: these rows have no key that can be shown; run the SQL to see them"
    lines = [[names[place] for place in shown], ["---"] * len(shown)]
    lines += [[_text(row[place]) for place in shown] for row in cursor.fetchall()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _text(value: object) -> str:
    """A key as text; masked where somebody's address serves as one."""
    text = "null" if value is None else str(value)
    return "***@***" if "@" in text else text.replace("|", "\\|")


def _advice(
    check: dg.AssetCheckResult,
    test: Mapping[str, Any],
    manifest: Mapping[str, Any],
    settings: Settings,
) -> str:
    tested = test.get("attached_node") or next(iter(test["depends_on"]["nodes"]), "")
    node = manifest["nodes"].get(tested) or manifest["sources"].get(tested) or {}
    stops = check.severity == dg.AssetCheckSeverity.ERROR
    return (
        f"Run the SQL on {settings.warehouse_path} to see the whole rows. Mend the data, or "
        f"{node.get('original_file_path', 'the model')}, and run again. "
        + (
            "Nothing is published until then; the last version stays current."
            if stops
            else "A warning: publication goes on, and the certificates name it."
        )
    )
