"""Full disks, broken and replaced files, wrong clocks: nothing published, and the reason named."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Reference, disk_of, remount
from findings import SHORT, Findings, form
from rig import (
    Run,
    Workplace,
    assert_recovered,
    assert_serves,
    deliver,
    digest,
    last_words,
    small_workplace,
)

from orchestration.publishing import NAME

HERE = Path(__file__).parent


def long(value: object) -> Any:
    """A variant that the long form tries and the short one leaves out."""
    is_short = form() is SHORT
    return pytest.param(value, marks=pytest.mark.skipif(is_short, reason="in the long form only"))


def assert_stopped(place: Workplace, run: Run, *named: str) -> str:
    """The run says in plain words why it published nothing; returns what it said."""
    assert run.wait() == 1, run.output
    said = last_words(run)
    for text in named:
        assert text in said, run.output
    assert "Traceback" not in run.output
    return said


class Disturbed:
    """A fault between what was published before and an undisturbed run after it."""

    def __init__(self, place: Workplace, reference: Reference, findings: Findings) -> None:
        self.place = place
        self.findings = findings
        self.reference = reference
        self.before, self.expected = place.versions(), place.pointer()

    def stopped(self, fault: str, run: Run, *named: str, mend: Callable[[], None]) -> None:
        """The run published nothing and said why; mended, the next one has the usual result."""
        said = assert_stopped(self.place, run, *named)
        assert not assert_serves(self.place, self.before, self.expected)
        assert self.place.versions() == self.before
        mend()
        assert_recovered(self.place, self.before, self.expected)
        assert self.place.pointer().content_hash == self.reference.publication.content_hash
        self.findings.add(fault, said=said.replace(str(self.place.folder.parent), "..."))


@pytest.fixture
def disturbed(place: Workplace, reference: Reference, findings: Findings) -> Disturbed:
    return Disturbed(place, reference, findings)


def test_a_second_run_started_meanwhile(
    place: Workplace, reference: Reference, findings: Findings
) -> None:
    before, expected = place.versions(), place.pointer()
    first = place.start(name="first")
    said = []
    for share in (0.1, 0.4, 0.8):
        time.sleep(max(0.0, share * reference.seconds - first.seconds))
        if first.process.poll() is not None:
            break
        second = place.start(name="second")
        assert second.wait() == 1, second.output
        assert "Another run" in second.output
        assert "Traceback" not in second.output
        said.append(second.output.strip())
    assert len(said) >= 2
    assert first.wait() == 0, first.output
    assert assert_serves(place, before, expected)
    assert_recovered(place, place.versions(), place.pointer())
    findings.add(
        "second_run", tried=len(said), said=said[0].replace(str(place.folder.parent), "...")
    )


@pytest.mark.parametrize("share", [long(0.2), 0.6, long(0.95)])
def test_no_file_may_grow_during_the_build(
    place: Workplace, disturbed: Disturbed, share: float
) -> None:
    """The limit of a user who may not mount a disk: no file of this process gets larger."""
    limit = int(place.settings.warehouse_path.stat().st_size * share)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    run = place.run(prepare=limited)
    disturbed.stopped(f"file_limit_{share}", run, mend=lambda: None)


@pytest.mark.parametrize("share", [long(0.3), 0.9])
def test_disk_full_during_the_build(place: Workplace, disturbed: Disturbed, share: float) -> None:
    """The build folder on a disk that has room for a part of the build file only."""
    build = place.settings.build_dir
    size = place.settings.warehouse_path.stat().st_size
    aside = build.with_name("build_aside")
    build.rename(aside)
    try:
        with disk_of(build, 1 << 30):
            for path in aside.iterdir():
                if path != aside / place.settings.warehouse_path.name:
                    _copy(path, build / path.name)
            used = sum(path.stat().st_blocks * 512 for path in build.rglob("*"))
            remount(build, f"size={used + 64 * 1024 + int(size * share)}")
            run = place.run()
            disturbed.stopped(
                f"disk_full_build_{share}", run, mend=lambda: remount(build, f"size={1 << 30}")
            )
    finally:
        build.rmdir()
        aside.rename(build)


@pytest.mark.parametrize("share", [long(0.1), 0.5, long(0.98)])
def test_disk_full_during_publication(
    tmp_path: Path, reference: Reference, findings: Findings, share: float
) -> None:
    """The publication folder on a disk that has room for the current version and a part."""
    published = tmp_path / "published"
    with disk_of(published, 1 << 30):
        place = small_workplace(tmp_path / "small", published)
        first = place.run()
        assert first.process.returncode == 0, first.output
        needed = sum(path.stat().st_size for path in published.rglob(f"{NAME}_*/*"))
        needed += place.settings.publish_dir.joinpath(place.pointer().file).stat().st_size
        disturbed = Disturbed(place, reference, findings)
        remount(published, f"size={needed + 64 * 1024 + int(needed * share)}")
        run = place.run()
        disturbed.stopped(
            f"disk_full_publish_{share}", run, "No space left", str(published),
            mend=lambda: remount(published, f"size={1 << 30}"),
        )  # fmt: skip


def test_publication_folder_is_read_only(
    tmp_path: Path, reference: Reference, findings: Findings
) -> None:
    published = tmp_path / "published"
    with disk_of(published, 1 << 30):
        place = small_workplace(tmp_path / "small", published)
        assert place.run().process.returncode == 0
        disturbed = Disturbed(place, reference, findings)
        remount(published, "ro")
        disturbed.stopped(
            "read_only", place.run(), "Read-only", mend=lambda: remount(published, "rw")
        )


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def zeros(file: Path) -> None:
    """A damaged block in the middle: the file's own table of contents is whole."""
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = bytes(4096)
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [half, zeros, long(empty)])
def test_a_landed_file_is_broken(
    place: Workplace, disturbed: Disturbed, damage: Callable[[Path], None]
) -> None:
    file = place.parts[1]
    whole = file.read_bytes()
    damage(file)
    disturbed.stopped(
        f"broken_file_{damage.__name__}", place.run(), str(file),
        mend=lambda: void(file.write_bytes(whole)),
    )  # fmt: skip


def test_a_landed_table_half_written_as_csv(place: Workplace, disturbed: Disturbed) -> None:
    """A row that ends in the middle: the load of the file is still under way."""
    file = place.raw / "stripe" / "coupon.csv"
    file.write_text("id,name,percent_off\n1,ten,10\n2,twen", encoding="utf-8")
    disturbed.stopped("broken_file_csv", place.run(), str(file), mend=file.unlink)


def replaced(file: Path) -> None:
    deliver(file, 1, mrr="0.0003")


def rewritten(file: Path) -> None:
    """In place, with the same number of bytes, as a load does that writes over its files."""
    content = file.read_bytes()
    with file.open("r+b") as open_file:
        open_file.write(content)


def removed(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("change", [replaced, long(rewritten), long(removed)])
def test_a_landed_file_changes_during_the_run(
    place: Workplace, disturbed: Disturbed, change: Callable[[Path], None]
) -> None:
    file = place.parts[1]
    run = place.start()
    assert run.wait_for(lambda: "✓ land" in run.output)
    time.sleep(0.05 * disturbed.reference.seconds)
    change(file)
    disturbed.stopped(
        f"file_{change.__name__}", run, str(file), "changed while the build",
        mend=lambda: deliver(file, 1),
    )  # fmt: skip


def test_a_file_that_joins_during_the_run_belongs_to_the_next(
    place: Workplace, reference: Reference, findings: Findings
) -> None:
    before, expected = place.versions(), place.pointer()
    late = place.parts[0].with_name("part-2.parquet")
    run = place.start()
    assert run.wait_for(lambda: "✓ land" in run.output)
    deliver(late, 0)
    assert run.wait() == 0, run.output
    assert assert_serves(place, before, expected)
    late.unlink()
    assert_recovered(place, place.versions(), place.pointer())
    findings.add("file_joins", hash_kept=True)


@pytest.mark.parametrize("days", [long(1), 400])
def test_the_clock_goes_back(
    place: Workplace, reference: Reference, findings: Findings, days: int
) -> None:
    before, expected = place.versions(), place.pointer()
    run = place.run(str(HERE / "clock.py"), str(days * 86_400))
    assert run.process.returncode == 0, run.output
    assert assert_serves(place, before, expected)
    assert place.pointer().version > expected.version
    assert place.pointer().published_at > expected.published_at
    assert_recovered(place, place.versions(), place.pointer())
    findings.add(f"clock_back_{days}", days=days)


def test_a_test_that_cannot_run(place: Workplace, disturbed: Disturbed) -> None:
    """Neither passed nor failed: it counts as what it is, an error, and stops the run."""
    file = place.folder / "tests" / "dbt" / "assert_that_raises.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("select * from {{ ref('partner_mrr_monthly') }} where error('broken') > 0")
    disturbed.stopped("test_raises", place.run(), "assert_that_raises", mend=file.unlink)


def test_an_expectation_that_raises(place: Workplace, disturbed: Disturbed) -> None:
    suite = place.folder / "expectations" / "partner_mrr_monthly.py"
    text = suite.read_text("utf-8")
    suite.write_text(text.replace("as subject, closing_mrr", "as subject, error('broken')"))
    disturbed.stopped(
        "expectation_raises", place.run(), "could not run",
        mend=lambda: void(suite.write_text(text)),
    )  # fmt: skip


def test_the_rig_notices_a_changed_byte(place: Workplace, reference: Reference) -> None:
    """A check of the checks: one byte of one published file."""
    file = place.settings.publish_dir / place.pointer().file
    before = digest(file)
    content = file.read_bytes()
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    file.write_bytes(changed)
    assert digest(file) != before
    file.write_bytes(content)
    assert digest(file) == before


def void(_: object) -> None:
    """For a mend whose call returns something."""


def _copy(source: Path, target: Path) -> None:
    import shutil

    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target)
