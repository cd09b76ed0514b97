"""Readers query without pause while versions are published: no error, no mixture, no step back."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import time
from pathlib import Path

import duckdb
from findings import Findings, Form

from orchestration.manifest import TableDescription
from orchestration.publishing import PUBLIC_TABLES, publish
from orchestration.settings import Settings, load_settings

READER = Path(__file__).with_name("reader.py")
WAYS = ("pointer", "link", "parquet")
ROWS = 20_000


def make_generation(settings: Settings, generation: int) -> None:
    """Certified tables whose every row tells which publication it belongs to."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema if not exists certified")
        for table in PUBLIC_TABLES:
            connection.execute(
                f"create or replace table certified.{table} as select "
                f"i as id, {generation} as generation, 'p_' || i % 50 || '_' || i as partner_id, "
                f"(case when i = 0 then {generation} else 0 end)::decimal(18, 6) as amount, "
                f"date '2026-10-01' as month_start, ({generation} + i % 50)::decimal(28, 6) "
                f"as closing_mrr from range({ROWS}) as r (i)"
            )


def test_readers_during_publications(size: Form, findings: Findings, tmp_path: Path) -> None:
    from test_publishing import FACTS  # the certificates of the tests of publication

    settings = load_settings(
        {
            "PARTNER_METRICS_BUILD_DIR": str(tmp_path / "build"),
            "PARTNER_METRICS_PUBLISH_DIR": str(tmp_path / "published"),
            "PARTNER_METRICS_LEDGER_DIR": str(tmp_path / "ledger"),
            "PARTNER_METRICS_THREADS": "1",
        }
    )
    for folder in (settings.build_dir, settings.spill_dir):
        folder.mkdir(parents=True)
    tables = {"partner_mrr_monthly": TableDescription("Months of partners.", {})}
    make_generation(settings, 0)
    publish(settings, tables, FACTS)

    stop = tmp_path / "stop"
    results = [tmp_path / f"reader_{number}.json" for number in range(size.readers)]
    readers = [
        subprocess.Popen(
            [sys.executable, str(READER), str(settings.publish_dir), WAYS[number % len(WAYS)],
             str(stop), str(result)]
        )
        for number, result in enumerate(results)
    ]  # fmt: skip
    versions = []
    started = time.monotonic()
    try:
        for generation in range(1, size.publications + 1):
            make_generation(settings, generation)
            versions.append(publish(settings, tables, dataclasses.replace(FACTS)).version)
        seconds = time.monotonic() - started
    finally:
        stop.touch()
        codes = [reader.wait(timeout=120) for reader in readers]

    found = [json.loads(result.read_text("utf-8")) for result in results]
    assert codes == [0] * size.readers
    assert [one["problems"] for one in found] == [[]] * size.readers
    assert sorted(set(versions)) == versions
    assert all(one["versions"] > size.publications / 4 for one in found), found
    findings.add(
        "readers",
        readers=size.readers,
        publications=len(versions),
        seconds=seconds,
        connections=sum(one["connections"] for one in found),
        queries=sum(one["queries"] for one in found),
        versions_seen=[one["versions"] for one in found],
        slowest=max(one["slowest"] for one in found),
        errors=sum(len(one["problems"]) for one in found),
    )
