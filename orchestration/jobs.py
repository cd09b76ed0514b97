"""The jobs: landing, building, testing and publishing; closing a month; simulating; sharing."""

from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.automation import TIME_ZONE
from orchestration.history import HOLDS_BUILD
from orchestration.ledger.closing import close_month
from orchestration.ledger.contract import CLOSINGS, SCHEMA
from orchestration.progress import progress
from orchestration.settings import load_settings

# The first partition of the closing job. Earlier months are taken along by the first closing.
FIRST_MONTH = "2020-01"
# Group of the assets that only a simulation makes.
SIMULATIONS = "simulations"
# Group of what is given to partners, whenever somebody decides to.
SHARING = "sharing"

main_job = dg.define_asset_job(
    name="main_job",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(SIMULATIONS, SHARING),
    executor_def=dg.in_process_executor,  # one writer at a time may hold the build file
    tags=HOLDS_BUILD,
    description="Raw data to published partner metrics; publishes only what passed every test.",
)

simulation_job = dg.define_asset_job(
    name="simulate_programs",
    selection=dg.AssetSelection.groups(SIMULATIONS),
    executor_def=dg.in_process_executor,
    tags=HOLDS_BUILD,
    description=(
        "Pays the history by the program rows of a folder, and compares with what is paid now. "
        "Touches neither the build nor what is published."
    ),
)


sharing_job = dg.define_asset_job(
    name="share_with_partners",
    selection=dg.AssetSelection.groups(SHARING),
    executor_def=dg.in_process_executor,
    description=(
        "Writes what each partner is given: its own rows of what is published, as the sharing "
        "policy says. Reads the published file alone."
    ),
)


class MonthToClose(dg.Config):
    """`month` is the month to close, such as 2025-03."""

    month: str


@dg.monthly_partitioned_config(start_date=FIRST_MONTH, fmt="%Y-%m", timezone=TIME_ZONE)
def month_to_close(start: datetime, _end: datetime) -> dict[str, Any]:
    """Run config that closes the month of a partition."""
    return {"ops": {"close": {"config": {"month": f"{start:%Y-%m}"}}}}


@dg.op(name="close")
def close_op(context: dg.OpExecutionContext, config: MonthToClose) -> list[str]:
    """Keep a month as it is published; returns the months that were closed."""
    with progress.step("close") as step:
        closings = close_month(load_settings(), config.month)
        step.update(f"{len(closings)} month(s), {closings[-1].month} the last")
    last = closings[-1]
    context.log_event(
        dg.AssetMaterialization(
            asset_key=[SCHEMA, CLOSINGS],
            description=f"{len(closings)} month(s) closed, {last.month} the last.",
            metadata={
                "closed_by": last.closed_by,
                "publication_version": last.publication_version,
                "closing_mrr": last.closing_mrr,
                "hash": last.hash,
            },
        )
    )
    return [closing.month for closing in closings]


@dg.job(
    name="close_month",
    config=month_to_close,
    executor_def=dg.in_process_executor,
    description=(
        "Keeps a month as it is published, for ever: months close in order, from a version whose "
        "build passed. Later changes become corrections in the open month."
    ),
)
def closing_job() -> None:
    close_op()
