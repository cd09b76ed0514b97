"""The metrics that programs can be written in, with the version that is computed.

Their names are the variable `program_metrics` in `dbt_project.yml`; what they are stands in
`models/metrics`, where dbt reads it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.contract import read_yaml
from orchestration.settings import PROJECT_DIR

MONEY = "Reporting currency"


@dataclass(frozen=True)
class PayableMetric:
    """A metric of the semantic layer: a rate can be applied to it when it is money.

    One that `has_lines` is told by customer and product; another by partner only.
    """

    version: str
    is_money: bool
    has_lines: bool = True


@cache
def payable_metrics(project_dir: Path = PROJECT_DIR) -> dict[str, PayableMetric]:
    """The metrics by name; one that is named and not defined is left out."""
    lists = read_yaml(project_dir / "dbt_project.yml").get("vars", {}).get("program_metrics", {})
    names = {name for names in lists.values() for name in names}
    metrics = [
        metric
        for path in sorted((project_dir / "models" / "metrics").glob("*.yml"))
        for metric in read_yaml(path).get("metrics", [])
    ]
    return {
        metric["name"]: PayableMetric(
            version=str(meta.get("metric_version")),
            is_money=str(meta.get("unit")).startswith(MONEY),
            has_lines=metric["name"] in lists["lines"],
        )
        for metric in metrics
        if metric["name"] in names
        for meta in [metric.get("config", {}).get("meta", {})]
    }
