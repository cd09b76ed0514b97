"""What a check that did not pass says on Dagster's page: which rows, by what SQL, what to do.

Only keys are shown. Other columns of a row may hold personal data, and Dagster keeps what it is
told; whoever may see the row finds it in the build file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
import duckdb

SAMPLES = 5
# The column that dbt's own tests call the one that they test.
TESTED = ("unique_field", "value_field", "from_field")
# Audit tables have raw rows in their keys.
PRIVATE_SCHEMA = "audit"


def explained(
    check: dg.AssetCheckResult,
    run_results: Mapping[str, Any],
    manifest: Mapping[str, Any],
    connection: duckdb.DuckDBPyConnection,
    file: str,
) -> dg.AssetCheckResult:
    """A check that did not pass, with samples, SQL and advice.

    `run_results` and `manifest` are dbt's; `connection` is to the build file, whose path is `file`.
    """
    unique_id = str(check.metadata["unique_id"].value)
    test = manifest["nodes"][unique_id]
    results = run_results.get("results", [])
    result: dict[str, Any] = next((one for one in results if one["unique_id"] == unique_id), {})
    sql = str(result.get("compiled_code") or test["raw_code"]).strip()
    more: dict[str, Any] = {
        "message": str(result.get("message") or "dbt ended before it said why"),
        "samples": dg.MetadataValue.md(_samples(connection, sql, test, key_columns(manifest))),
        "sql": dg.MetadataValue.md(f"```sql\n{sql}\n```"),
        "what_to_do": _advice(check, test, manifest, file),
    }
    return dg.AssetCheckResult(
        passed=check.passed,
        asset_key=check.asset_key,
        check_name=check.check_name,
        severity=check.severity,
        description=check.description,
        metadata={**check.metadata, **more},
    )


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
    file: str,
) -> str:
    tested = test.get("attached_node") or next(iter(test["depends_on"]["nodes"]), "")
    node = manifest["nodes"].get(tested) or manifest["sources"].get(tested) or {}
    stops = check.severity == dg.AssetCheckSeverity.ERROR
    return (
        f"Run the SQL on {file} to see the whole rows. Mend the data, or "
        f"{node.get('original_file_path', 'the model')}, and run again. "
        + (
            "Nothing is published until then; the last version stays current."
            if stops
            else "A warning: publication goes on, and the certificates name it."
        )
    )
