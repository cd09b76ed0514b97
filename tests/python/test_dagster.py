"""What Dagster does by itself: schedules, sensors, alerts, and what they leave alone."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest
from company import Company

from orchestration import notify, retries
from orchestration.automation import NAMES, is_switched_on
from orchestration.dev import end_runs_of_the_dead
from orchestration.errors import PartnerMetricsError, TransientError
from orchestration.execution import problem_of
from orchestration.history import HOLDS_BUILD, end_killed_runs
from orchestration.jobs import closing_job, main_job
from orchestration.landed_files import remember_files
from orchestration.ledger.closing import close_month
from orchestration.ledger.closings import read_closings
from orchestration.notify import FailedRun, tell, without_secrets
from orchestration.raw_sources import may_pass, open_folder
from orchestration.run_lock import LOCK, hold_build
from orchestration.schedules import daily_schedule, month_close_schedule
from orchestration.sensors import failure_alerts, landed_files_sensor
from orchestration.settings import DAGSTER_YAML, PROJECT_DIR, Settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def company(settings: Settings) -> Company:
    return Company(settings)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


# Schedules


def test_nothing_starts_by_itself_until_it_is_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for schedule in (daily_schedule, month_close_schedule):
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    assert landed_files_sensor.default_status is dg.DefaultSensorStatus.STOPPED
    assert failure_alerts.default_status is dg.DefaultSensorStatus.RUNNING

    monkeypatch.setenv("PARTNER_METRICS_AUTOMATION", "daily, landed_files")
    assert [name for name in NAMES if is_switched_on(name)] == ["daily", "landed_files"]
    monkeypatch.setenv("PARTNER_METRICS_AUTOMATION", "dayly")
    with pytest.raises(PartnerMetricsError, match=r"dayly; there is only daily, month_close"):
        is_switched_on("daily")


def test_the_main_job_runs_at_six_in_amsterdam() -> None:
    assert daily_schedule.job_name == "main_job"
    assert daily_schedule.cron_schedule == "0 6 * * *"
    assert daily_schedule.execution_timezone == "Europe/Amsterdam"


def close_tick(settings: Settings, day: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the closing schedule does at nine on a day."""
    for name, value in settings.child_environment().items():
        monkeypatch.setenv(name, value)
    at = datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=AMSTERDAM)
    return month_close_schedule(dg.build_schedule_context(scheduled_execution_time=at))


def test_the_month_before_is_closed_once_it_can_be(
    company: Company, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    def tick(day: str) -> Any:
        return close_tick(company.settings, day, monkeypatch)

    company.publish({"2025-02": {"p_1": "100"}, "2025-03": {"p_1": "120"}})
    assert "make it yourself" in tick("2025-04-05").skip_message
    close_month(company.settings, "2025-02")
    assert "2025-02 was closed" in tick("2025-03-05").skip_message
    assert "2025-04 is not complete" in tick("2025-05-05").skip_message
    assert "nothing was built" in _without_build(company, lambda: tick("2025-04-05")).skip_message

    request = tick("2025-04-05")
    assert request.partition_key == "2025-03"
    result = closing_job.execute_in_process(partition_key="2025-03", instance=instance)

    assert result.success
    assert [closing.month for closing in read_closings(company.settings)] == ["2025-02", "2025-03"]
    (run,) = instance.get_runs()
    assert run.tags["dagster/partition"] == "2025-03"
    assert "2025-03 was closed" in tick("2025-04-06").skip_message


def _without_build(company: Company, act: Callable[[], Any]) -> Any:
    record = next(company.settings.build_dir.glob("*build*.json"))
    text = record.read_text("utf-8")
    record.unlink()
    outcome = act()
    record.write_text(text, "utf-8")
    return outcome


# The sensor on landed files


class Watcher:
    """Evaluates the sensor as the daemon would, handing the cursor on."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance = instance
        self.cursor: str | None = None

    def look(self) -> str:
        """The run key that is asked for, or why none is."""
        outcome = landed_files_sensor(
            dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        )
        if isinstance(outcome, dg.SkipReason):
            return outcome.skip_message or ""
        assert isinstance(outcome, dg.SensorResult)
        self.cursor = outcome.cursor
        if outcome.run_requests:
            (request,) = outcome.run_requests
            return f"run {request.run_key}"
        assert isinstance(outcome.skip_reason, dg.SkipReason)
        return outcome.skip_reason.skip_message or ""


@pytest.fixture
def watcher(
    settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> Watcher:
    for name, value in settings.child_environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PARTNER_METRICS_RAW", settings.raw_location)
    return Watcher(instance)


def test_files_start_one_run_when_they_have_settled(
    watcher: Watcher, settings: Settings, write_parquet: Callable[[str, str], Path]
) -> None:
    assert watcher.look() == "No files."
    file = write_parquet("stripe/customer/1.parquet", "select 1 as id")
    write_parquet("stripe/not_in_the_contract.parquet", "select 1 as id")
    assert "wait until they stay the same" in watcher.look()
    file.write_bytes(file.read_bytes()[:50])  # it is being written still
    assert "wait until they stay the same" in watcher.look()
    first = watcher.look()
    assert first.startswith("run ")
    assert "asked for" in watcher.look()

    write_parquet("stripe/customer/2.parquet", "select 2 as id")
    assert "wait" in watcher.look()
    second = watcher.look()
    Path(settings.raw_location, "stripe/customer/2.parquet").unlink()
    assert "wait" in watcher.look()
    third = watcher.look()
    assert len({first, second, third}) == 3, "the same files, come back, are read again"


def test_files_that_a_run_has_read_start_none(
    watcher: Watcher, settings: Settings, write_parquet: Callable[[str, str], Path]
) -> None:
    write_parquet("stripe/customer/1.parquet", "select 1 as id")
    (files,) = open_folder(settings.raw_location).files.values()
    settings.prepare()
    remember_files(settings, files)

    assert watcher.look() == watcher.look() == "The last run has read these."


def test_no_run_is_asked_for_while_one_is_under_way(
    watcher: Watcher, write_parquet: Callable[[str, str], Path], instance: dg.DagsterInstance
) -> None:
    write_parquet("stripe/customer/1.parquet", "select 1 as id")
    watcher.look()
    run = a_run(instance, dg.DagsterRunStatus.STARTED)
    assert "under way" in watcher.look()
    instance.report_run_failed(run)
    assert watcher.look().startswith("run ")


def test_the_sensor_says_what_it_cannot_watch(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    for raw in ("s3://bucket/raw", "postgres:service=warehouse", "duckdb:lake.duckdb"):
        monkeypatch.setenv("PARTNER_METRICS_RAW", raw)
        assert "Only a folder can be watched" in watcher.look()
    monkeypatch.setenv("PARTNER_METRICS_RAW", "/nowhere/at/all")
    assert "There is no folder /nowhere/at/all" in watcher.look()
    monkeypatch.delenv("PARTNER_METRICS_RAW")
    assert "simulated" in watcher.look()


# Killed runs


def a_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus) -> dg.DagsterRun:
    run = dg.DagsterRun("main_job", run_id=str(uuid4()), status=status, tags=HOLDS_BUILD)
    return instance.add_run(run)


def test_a_killed_run_stops_counting_as_under_way_whoever_started_it(
    instance: dg.DagsterInstance,
) -> None:
    assert isinstance(main_job.tags, dict)
    assert main_job.tags.items() >= HOLDS_BUILD.items()
    killed = a_run(instance, dg.DagsterRunStatus.STARTED)
    waiting = a_run(instance, dg.DagsterRunStatus.NOT_STARTED)
    end_killed_runs(instance)
    assert _status(instance, killed) is dg.DagsterRunStatus.FAILURE
    assert _status(instance, waiting) is dg.DagsterRunStatus.NOT_STARTED


def _status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def test_dagster_queues_a_second_run_and_keeps_its_history_outside_the_build(
    settings: Settings,
) -> None:
    assert settings.build_dir not in settings.dagster_home.parents
    settings.prepare()
    assert (settings.dagster_home / "dagster.yaml").read_text("utf-8") == DAGSTER_YAML
    with dg.DagsterInstance.get() as instance:
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1


# Alerts


@contextmanager
def receiver(status: int = 200) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A local webhook: its address, and what was posted to it."""
    received: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook/T0PSECRET", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def alerts(settings: Settings) -> str:
    return (settings.log_dir / notify.ALERTS).read_text("utf-8")


FAILED = FailedRun("main_job", "dbt build did not pass: assert_x\nMend it.", "run-7")


def test_a_failure_is_logged_and_posted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter22")
    failed = FailedRun("main_job", "dbt build did not pass: assert_x\nMend hunter22.", "run-7")
    with receiver() as (address, received):
        monkeypatch.setenv(notify.WEBHOOK, address)
        tell(settings, failed)
    text = "Partner metrics: main_job failed (run run-7). dbt build did not pass: assert_x"
    assert received == [{"text": f"{text}\nMend ...."}]
    assert f"{text} Mend ....\n" in alerts(settings)
    assert "T0PSECRET" not in alerts(settings)


def test_a_webhook_that_does_not_work_is_logged_without_its_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiver(500) as (refusing, _):
        for address in (refusing, "http://127.0.0.1:1/T0PSECRET", "T0PSECRET", "http://[T0PSECRET"):
            monkeypatch.setenv(notify.WEBHOOK, address)
            tell(settings, FAILED)
    text = alerts(settings)
    assert "it answered 500" in text
    assert "ConnectionRefusedError" in text
    assert "does not begin with https://" in text
    assert text.count("not delivered") == 4
    said = capsys.readouterr()
    assert "T0PSECRET" not in text + said.out + said.err


def test_no_secret_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "abcDEF/123")
    monkeypatch.setenv("PGPASSWORD", "hunter22")
    text = without_secrets(
        "Key abcDEF/123, hunter22, postgresql://etl:p%40ss@db/x, host=db password='a b' user=etl"
    )
    assert text == "Key ..., ..., postgresql://etl:...@db/x, host=db password=... user=etl"


def test_a_hook_that_fails_stops_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(notify, "HOOKS", [broken, lambda _, failed: told.append(failed.job)])
    tell(settings, FAILED)
    assert told == ["main_job"]


def test_the_failure_sensor_tells_the_plain_message(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    for name, value in settings.child_environment().items():
        monkeypatch.setenv(name, value)

    @dg.op
    def fails() -> None:
        raise PartnerMetricsError("Nothing landed. Wait for the load.")

    @dg.job
    def failing() -> None:
        fails()

    result = failing.execute_in_process(instance=instance, raise_on_error=False)
    failure_alerts(
        dg.build_run_status_sensor_context(
            sensor_name="failure_alerts", dagster_instance=instance,
            dagster_run=result.dagster_run, dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
    )  # fmt: skip

    line = alerts(settings)
    assert line.endswith(
        f"failing failed (run {result.run_id}). Nothing landed. Wait for the load.\n"
    )


# Starting Dagster


def test_starting_dagster_ends_killed_runs_and_takes_no_lock_along(settings: Settings) -> None:
    """In a process of its own, which another program then replaces, as the page's would."""
    settings.prepare()
    with dg.DagsterInstance.get() as instance:
        killed = a_run(instance, dg.DagsterRunStatus.STARTED)
        program = (
            "import os, sys\n"
            "from orchestration.dev import end_runs_of_the_dead\n"
            "from orchestration.settings import load_settings\n"
            "end_runs_of_the_dead(load_settings())\n"
            "os.execv(sys.executable, [sys.executable, '-c', 'import time; time.sleep(30)'])\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program], cwd=PROJECT_DIR, env=dict(os.environ)
        )
        try:
            deadline = time.monotonic() + 30
            while _status(instance, killed) is dg.DagsterRunStatus.STARTED:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            hold_build_soon(settings, deadline)
        finally:
            process.kill()
            process.wait()


def hold_build_soon(settings: Settings, deadline: float) -> None:
    while True:
        try:
            return hold_build(settings)
        except PartnerMetricsError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_run_that_is_alive_is_not_ended(settings: Settings) -> None:
    settings.prepare()
    with dg.DagsterInstance.get() as instance, (settings.build_dir / LOCK).open("w") as lock:
        alive = a_run(instance, dg.DagsterRunStatus.STARTED)
        fcntl.flock(lock, fcntl.LOCK_EX)
        end_runs_of_the_dead(settings)
        assert _status(instance, alive) is dg.DagsterRunStatus.STARTED


# Another try


def test_only_what_may_pass_is_tried_again(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "SECONDS_BETWEEN", 0)
    tries = []

    @dg.op(config_schema={"error": str, "good_at": int})
    def lands(context) -> None:  # type: ignore[no-untyped-def]
        tries.append(context.retry_number)
        with retries.retried():
            if context.retry_number < context.op_config["good_at"]:
                transient = context.op_config["error"] == "transient"
                raise (TransientError if transient else PartnerMetricsError)("No answer. Wait.")

    @dg.job
    def landing() -> None:
        lands()

    def run(error: str, good_at: int) -> tuple[str | None, int]:
        tries.clear()
        config = {"ops": {"lands": {"config": {"error": error, "good_at": good_at}}}}
        result = landing.execute_in_process(config, instance=instance, raise_on_error=False)
        return problem_of(result), len(tries)

    assert run("transient", 2) == (None, 3)
    assert run("transient", 99) == ("No answer. Wait.", retries.RETRIES + 1)
    assert run("lasting", 1) == ("No answer. Wait.", 1)


@pytest.mark.parametrize(
    ("message", "passes"),
    [
        ("Could not connect to server error for HTTP HEAD to 'http://x/y'", True),
        ('connection to server at "db", port 5432 failed: Connection refused', True),
        ("FATAL: the database system is starting up", True),
        ("Timeout was reached error for HTTP GET", True),
        ("Could not resolve hostname error for HTTP HEAD", False),
        ('FATAL: password authentication failed for user "etl"', False),
    ],
)
def test_a_server_that_does_not_answer_may_do_so_later(message: str, passes: bool) -> None:
    assert may_pass(duckdb.IOException(message)) is passes
    assert not may_pass(duckdb.InvalidInputException(message)), "a value in the data, perhaps"


@pytest.mark.parametrize(("status", "passes"), [(503, True), (429, True), (403, False)])
def test_a_status_says_whether_to_wait(status: int, passes: bool) -> None:
    error = duckdb.HTTPException("HTTP Error: Request returned")
    error.status_code = status
    assert may_pass(error) is passes


def test_a_lock_that_another_process_has_is_worth_another_try(settings: Settings) -> None:
    settings.prepare()
    with (settings.build_dir / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(TransientError, match="Another run"):
            hold_build(settings)


# What stands on every asset's page


def test_every_asset_says_whose_it_is_what_it_is_and_how_fresh_it_has_to_be() -> None:
    from orchestration.definitions import definitions

    graph = definitions.resolve_asset_graph()
    nodes = [graph.get(key) for key in graph.get_all_asset_keys()]
    bare = [
        node.key
        for node in nodes
        if not (node.owners and node.kinds and node.group_name and node.description)
        or not {"layer", "readers"} <= node.tags.keys()
    ]
    assert bare == []
    published = {node.key for node in nodes if node.key.path[0] in ("certified", "publication")}
    assert len(published) > 30
    assert {node.key for node in nodes if node.freshness_policy} == published
    assert graph.get(dg.AssetKey(["certified", "partner_mrr_monthly"])).owners == [
        "team:revenue-operations"
    ]


def test_definitions_name_the_schedules_sensors_and_jobs() -> None:
    from orchestration.definitions import definitions

    repository = definitions.get_repository_def()
    assert {job.name for job in repository.get_all_jobs()} >= {"main_job", "close_month"}
    assert {schedule.name for schedule in repository.schedule_defs} >= {"daily", "month_close"}
    assert {sensor.name for sensor in repository.sensor_defs} >= {"landed_files", "failure_alerts"}
    assert all(job.description for job in repository.get_all_jobs() if job.name[0] != "_")
