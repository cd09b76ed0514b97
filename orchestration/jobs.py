"""The main job: land, build and test, publish."""

from __future__ import annotations

import dagster as dg

main_job = dg.define_asset_job(
    name="main_job",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,  # one writer at a time may hold the build file
    description="Raw data to published partner metrics; publishes only what passed every test.",
)
