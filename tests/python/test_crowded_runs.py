"""What keeps runs out of each other's way, and a build from mixing two deliveries."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import contracted

from orchestration import manifest
from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole
from orchestration.landed_files import require_same_files, unreadable_files
from orchestration.landing import land
from orchestration.run_lock import hold_build
from orchestration.settings import PROJECT_DIR, Settings

WriteParquet = Callable[[str, str], Path]
CUSTOMER = contracted("stripe.customer")
HOLD = """
import time
from orchestration.run_lock import hold_build
from orchestration.settings import load_settings
hold_build(load_settings())
print("held", flush=True)
time.sleep(60)
"""


def test_one_run_holds_the_build_folder_until_its_process_ends(settings: Settings) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True,
        env={**os.environ, **settings.child_environment()},
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"

    with pytest.raises(PartnerMetricsError, match=rf"Another run \(process {holder.pid}, since 20"):
        hold_build(settings)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()

    hold_build(settings)
    hold_build(settings)


def test_a_file_that_changes_after_landing_is_named(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    files = [
        write_parquet(f"stripe/customer/part-{number}.parquet", f"select {number} as id")
        for number in range(4)
    ]
    land(settings, [CUSTOMER])
    require_same_files(settings)

    files[0].write_bytes(files[0].read_bytes())
    files[1].unlink()
    write_parquet("stripe/customer/part-2.parquet", "select 2 as id, 'longer' as name")

    with pytest.raises(PartnerMetricsError, match="3 landed file") as raised:
        require_same_files(settings)
    said = str(raised.value)
    assert f"{files[0]}: it is another, written at 20" in said
    assert f"{files[1]}: it is gone" in said
    assert f"{files[2]}: it has " in said
    assert str(files[3]) not in said


def test_a_file_with_a_damaged_block_is_named(
    settings: Settings, write_parquet: WriteParquet
) -> None:
    """Landing reads the table of contents only, which is whole."""
    good = write_parquet("stripe/customer/part-0.parquet", "select 1 as id, 'a' as name")
    rows = "select i as id, md5(i::varchar) as name from range(1000) as r (i)"
    bad = write_parquet("stripe/customer/part-1.parquet", rows)
    content = bytearray(bad.read_bytes())
    content[2000:4000] = bytes(2000)
    bad.write_bytes(content)

    land(settings, [CUSTOMER])

    (line,) = unreadable_files(settings)
    assert line.startswith(f"  - {bad}: ")
    assert str(good) not in line


def test_a_half_written_manifest_is_made_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = []

    def parse(settings: Settings) -> None:
        parsed.append(settings)
        manifest.manifest_path(settings).parent.mkdir(exist_ok=True)
        manifest.manifest_path(settings).write_text("{}")

    monkeypatch.setattr(manifest, "_parse", parse)
    for _ in range(2):
        path = manifest.ensure_manifest(settings)
    assert len(parsed) == 1

    path.write_text('{"nodes": {')
    manifest.ensure_manifest(settings)
    assert len(parsed) == 2


def test_a_text_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    write_whole(file, "old")
    with file.open() as reader:
        write_whole(file, "new")
        assert reader.read() == "old"
    assert file.read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["record.json"]
