"""A partner's set of files: written whole or not at all, and earlier ones kept.

    partner_files/ptr_00051/20261123T220415Z_8212d634/usage.csv, usage.parquet, ..., manifest.json
    partner_files/ptr_00051/current         link to the newest set, where links work
    partner_files/ptr_00051/current.json    the same as text

Everything is written beside its place, flushed to disk and renamed; the pointer moves last. Folders
and files are for their owner alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from orchestration.errors import PartnerMetricsError, TransientError

MANIFEST = "manifest.json"
POINTER = "current.json"
LINK = "current"
LONGEST_NAME = 200
# What a spreadsheet takes for the beginning of a formula, wide forms included.
FORMULA = r"^([=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # tells spreadsheets that the text is UTF-8


@dataclass(frozen=True)
class Written:
    """A file as it was written, for the manifest."""

    name: str
    rows: int | None
    size: int
    sha256: str


def folder_name(partner_id: str) -> str:
    """A folder's name for a partner: its id, with all but letters, digits, _ and - escaped.

    Different ids have different names, and none leads out of the folder. Raises
    PartnerMetricsError for an id that cannot be a name.
    """
    name = re.sub(
        r"[^A-Za-z0-9_-]", lambda found: "".join(f"%{b:02X}" for b in found[0].encode()), partner_id
    )
    if not name or len(name) > LONGEST_NAME:
        raise PartnerMetricsError(
            f"Nothing was shared: {partner_id[:40]!r} cannot be the name of a folder. Give the "
            "partner another id."
        )
    return name


def folder_names(partner_ids: Iterable[str]) -> dict[str, str]:
    """The folder of each partner.

    Raises PartnerMetricsError where a file system could take two of them for one.
    """
    names = {partner_id: folder_name(partner_id) for partner_id in partner_ids}
    taken: dict[str, str] = {}
    for partner_id, name in names.items():
        if (other := taken.setdefault(name.casefold(), partner_id)) != partner_id:
            raise PartnerMetricsError(
                f"Nothing was shared: {other!r} and {partner_id!r} would share a folder where "
                "names do not tell capitals apart. Give one of them another id."
            )
    return names


def write_table(folder: Path, name: str, table: pa.Table) -> list[Written]:
    """Write a table as CSV and as Parquet."""
    return [
        write_file(folder, f"{name}.csv", _csv(table), table.num_rows),
        write_file(folder, f"{name}.parquet", _parquet(table), table.num_rows),
    ]


def write_file(folder: Path, name: str, content: bytes, rows: int | None = None) -> Written:
    descriptor = os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Written(name, rows, len(content), hashlib.sha256(content).hexdigest())


def put_in_place(draft: Path, partner_folder: Path, version: str, keep: int) -> str:
    """Make a draft the partner's current set of a publication; returns the set's name.

    A set that says the same is not written again. Another one of the same publication, after a
    change of the policy, is called `<version>.2`. The newest `keep` sets stay.
    """
    partner_folder.mkdir(mode=0o700, exist_ok=True)
    manifest = (draft / MANIFEST).read_bytes()
    sets = sets_of(partner_folder)
    same = [name for name in sets if name.split(".")[0] == version]
    for name in same:
        if (partner_folder / name / MANIFEST).read_bytes() == manifest:
            shutil.rmtree(draft)
            break
    else:
        name = f"{version}.{_number(same[-1]) + 1}" if same else version
        draft.rename(partner_folder / name)
    _point(partner_folder, name, hashlib.sha256(manifest).hexdigest())
    for old in sets_of(partner_folder)[:-keep]:
        if old != name:
            shutil.rmtree(partner_folder / old, ignore_errors=True)
    return name


def sets_of(partner_folder: Path) -> list[str]:
    """Names of the partner's sets, oldest first."""
    names = [path.parent.name for path in partner_folder.glob(f"*/{MANIFEST}")]
    return sorted(
        (name for name in names if name != LINK),
        key=lambda name: (name.split(".")[0], _number(name)),
    )


@contextmanager
def drafts(root: Path) -> Iterator[Path]:
    """A folder for drafts inside `root`, gone in the end; one process at a time may have it.

    Raises TransientError when another one has it.
    """
    root.mkdir(parents=True, mode=0o700, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TransientError(
                f"Nothing was shared: another process writes into {root}. Try again after it."
            ) from error
        for left in root.glob(".tmp-*"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        folder = root / f".tmp-{os.getpid()}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _number(name: str) -> int:
    _, _, number = name.partition(".")
    return int(number) if number.isdigit() else 1


def _point(partner_folder: Path, name: str, manifest_hash: str) -> None:
    pointer = partner_folder / f".tmp-{POINTER}"
    pointer.unlink(missing_ok=True)
    text = json.dumps({"set": name, "manifest_sha256": manifest_hash}, indent=2) + "\n"
    write_file(partner_folder, pointer.name, text.encode())
    pointer.replace(partner_folder / POINTER)
    with suppress(OSError):  # a convenience: some file systems have no links
        link = partner_folder / f".tmp-{LINK}"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        link.replace(partner_folder / LINK)


def _csv(table: pa.Table) -> bytes:
    """Header, commas, texts quoted; a text that looks like a formula begins with an apostrophe."""
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            safe = pc.replace_substring_regex(table.column(place), FORMULA, r"'\1")
            table = table.set_column(place, field, safe)
    buffer = io.BytesIO(BYTE_ORDER_MARK)
    buffer.seek(0, io.SEEK_END)
    pa.csv.write_csv(table, buffer)
    return buffer.getvalue()


def _parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pa.parquet.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()
