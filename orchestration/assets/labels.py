"""Who owns an asset, which layer it is in, who may read it, and how fresh it has to be.

One rule for all assets, applied to their specs where the definitions are put together. A model says
its owner in `config.meta`; what it does not say is the layer's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import dagster as dg

from orchestration.manifest import CERTIFIED_SCHEMA

PLATFORM_TEAM = "data-engineering"
OWNERS = {
    "exports": "revenue-operations",
    "reports": "channel-operations",
    "closed_months": "finance",
    "incentive_ledger": "finance",
}
# Groups are named after layers, but for these.
LAYERS = {"landing": "raw", "closed_months": "ledger", "incentive_ledger": "ledger"}
DBT_ID = "dagster_dbt/unique_id"
# The main job runs every morning: one missed is a warning, the second one a failure.
FRESHNESS = dg.FreshnessPolicy.time_window(
    warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
)


def labels(manifest: dict[str, Any]) -> Callable[[dg.AssetSpec], dg.AssetSpec]:
    """A function that puts owner, tags and freshness on the spec of an asset."""

    def labelled(spec: dg.AssetSpec) -> dg.AssetSpec:
        group = spec.group_name or ""
        layer = "marts" if group.startswith("marts_") else LAYERS.get(group, group)
        is_published = spec.key.path[0] in (CERTIFIED_SCHEMA, "publication")
        node = manifest["nodes"].get(spec.metadata.get(DBT_ID), {})
        stated = node.get("config", {}).get("meta", {}).get("owner")
        owner = stated or OWNERS.get(group, PLATFORM_TEAM)
        readers = "everyone" if is_published else "this_project"
        return spec.replace_attributes(
            owners=spec.owners or [f"team:{owner}"],
            tags={"layer": layer, "readers": readers, **spec.tags},
            freshness_policy=FRESHNESS if is_published else None,
        )

    return labelled
