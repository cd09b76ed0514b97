"""A way from a column that people read back to a raw column that it is computed from."""

from __future__ import annotations

from collections import deque

from orchestration.column_lineage import ColumnLineage
from orchestration.manifest import read_manifest
from orchestration.settings import Settings

READ = ("model.partner_metrics.partner_mrr_monthly", "closing_mrr")
RAW = "source.partner_metrics.stripe.subscription_item"


def column_path(settings: Settings) -> list[tuple[str, str]]:
    """Tables, by their ids in dbt, and columns: from `READ` step by step upstream to `RAW`."""
    lineage = ColumnLineage(read_manifest(settings), settings)
    below: dict[tuple[str, str], tuple[str, str] | None] = {READ: None}
    open_ = deque([READ])
    while open_:
        step = open_.popleft()
        table, column = step
        if table == RAW:
            return _way_to(step, below)
        if table.startswith("model."):
            for upstream in lineage.of_model(table).get(column, []):
                if upstream not in below:
                    below[upstream] = step
                    open_.append(upstream)
    raise AssertionError(f"no column of {RAW} is upstream of {READ}")


def _way_to(
    end: tuple[str, str], below: dict[tuple[str, str], tuple[str, str] | None]
) -> list[tuple[str, str]]:
    way, step = [end], below[end]
    while step is not None:
        way.append(step)
        step = below[step]
    return way[::-1]
