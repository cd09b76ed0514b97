"""The sensors: a run when new files have landed, and a word when a run has failed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import dagster as dg

from orchestration.automation import LANDED_FILES, is_switched_on
from orchestration.contract import load_contract
from orchestration.errors import PartnerMetricsError
from orchestration.execution import plain_message
from orchestration.jobs import main_job
from orchestration.landed_files import State, file_state, remembered_files
from orchestration.notify import FailedRun, tell
from orchestration.raw_sources import is_folder, open_folder
from orchestration.settings import Settings, load_settings

UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
NOT_WATCHED = (
    "Only a folder can be watched: an object store or database would have to be read to see what "
    "is new. The daily schedule reads it; a load that wants a run at once can start one itself "
    "(make run)."
)
DEMO = "The demo's data is simulated: nothing lands. Set PARTNER_METRICS_RAW to a folder."


@dataclass(frozen=True)
class Watch:
    """The sensor's cursor: the state seen last, the one a run was asked for, and the count of asks.

    A state is a hash over name, size, modification time, inode and change time of all files that
    would land.
    """

    seen: str = ""
    asked: str = ""
    asks: int = 0

    @classmethod
    def read(cls, cursor: str | None) -> Watch:
        return cls(**json.loads(cursor)) if cursor else cls()

    def write(self) -> str:
        return json.dumps(asdict(self))


@dg.sensor(
    name=LANDED_FILES,
    job=main_job,
    minimum_interval_seconds=60,
    default_status=(
        dg.DefaultSensorStatus.RUNNING
        if is_switched_on(LANDED_FILES)
        else dg.DefaultSensorStatus.STOPPED
    ),
    description=(
        "Looks at the raw folder every minute. Asks for one run when files are new or other ones, "
        "and have stayed the same from one look to the next: what is still being written is waited "
        "for."
    ),
)
def landed_files_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """One run request for each settled state of the folder that no run has read yet."""
    settings = load_settings()
    if settings.raw is None or not is_folder(settings.raw):
        return dg.SkipReason(NOT_WATCHED if settings.raw else DEMO)
    try:
        files = _files(settings)
    except PartnerMetricsError as error:
        return dg.SkipReason(str(error))
    watch, state = Watch.read(context.cursor), _hash(files)
    if not files or files == remembered_files(settings):
        return _skip(watch, state, "No files." if not files else "The last run has read these.")
    if state == watch.asked:
        return _skip(watch, state, "A run was asked for with these files already.")
    if state != watch.seen:
        return _skip(watch, state, "Files are new or changed: wait until they stay the same.")
    if context.instance.get_runs(
        dg.RunsFilter(job_name=main_job.name, statuses=UNDER_WAY), limit=1
    ):
        return _skip(watch, state, "A run is under way: wait until it has ended.")
    # Numbered, because the same files may come back after others, and are then to be read again.
    asks = watch.asks + 1
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=f"{state[:16]}-{asks}")],
        cursor=Watch(state, state, asks).write(),
    )


@dg.run_failure_sensor(
    name="failure_alerts",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of every failed run that Dagster started; `make run` tells of its own.",
)
def failure_alerts(context: dg.RunFailureSensorContext) -> None:
    """Hand the plain message of the step that failed to the hooks of notify.py."""
    failures = [event.step_failure_data.error for event in context.get_step_failure_events()]
    message = plain_message(failures[0]) if failures else context.failure_event.message
    run = context.dagster_run
    tell(load_settings(), FailedRun(run.job_name, message or "See its page.", run.run_id))


def _files(settings: Settings) -> dict[str, State | None]:
    """The files that a run would land, as landing itself finds them, with their state."""
    raw = open_folder(settings.raw_location)
    names = {file for table in load_contract() for part in raw.parts(table) for file in part.files}
    return {name: file_state(name) for name in sorted(names)}


def _hash(files: dict[str, State | None]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()


def _skip(watch: Watch, state: str, reason: str) -> dg.SensorResult:
    return dg.SensorResult(
        skip_reason=dg.SkipReason(reason), cursor=Watch(state, watch.asked, watch.asks).write()
    )
