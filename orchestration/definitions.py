"""Everything Dagster sees of this project."""

from __future__ import annotations

import dagster as dg

from orchestration.assets.certificates import certificates
from orchestration.assets.dbt import dbt_models, dbt_resource
from orchestration.assets.expectations import expectation_assets
from orchestration.assets.exports import export_assets
from orchestration.assets.labels import labels
from orchestration.assets.landing import landing_assets
from orchestration.assets.program_report import program_health_page
from orchestration.assets.publication import publication
from orchestration.assets.sharing import partner_files
from orchestration.assets.what_if import what_if_assets
from orchestration.jobs import closing_job, main_job, sharing_job, simulation_job
from orchestration.manifest import read_manifest
from orchestration.schedules import daily_schedule, month_close_schedule
from orchestration.sensors import failure_alerts, landed_files_sensor
from orchestration.settings import load_settings

definitions = dg.Definitions(
    assets=dg.map_asset_specs(
        labels(read_manifest(load_settings())),
        [
            landing_assets,
            dbt_models,
            expectation_assets,
            export_assets,
            certificates,
            publication,
            program_health_page,
            partner_files,
            what_if_assets,
        ],
    ),
    jobs=[main_job, closing_job, simulation_job, sharing_job],
    schedules=[daily_schedule, month_close_schedule],
    sensors=[landed_files_sensor, failure_alerts],
    resources={"dbt": dbt_resource()},
)
