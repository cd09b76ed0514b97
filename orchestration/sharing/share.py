"""Writes what each partner is given: its own rows of the published tables, as policy.yml says."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.errors import PartnerMetricsError
from orchestration.progress import progress
from orchestration.publishing import Publication, current_file, read_pointer
from orchestration.settings import Settings
from orchestration.sharing.policy import POLICY, Policy, read_policy, require_complete
from orchestration.sharing.reading import (
    Partner,
    Said,
    descriptions,
    partners_of,
    published_types,
    said_of_itself,
)
from orchestration.sharing.readme import Counts, Described, readme
from orchestration.sharing.rows import Rows, by_partner, prepare, take
from orchestration.sharing.sets import (
    MANIFEST,
    Written,
    drafts,
    folder_names,
    put_in_place,
    write_file,
    write_table,
)

README = "README.txt"
# Beside the ledger, because it cannot be made again; hidden, because it is no part of it.
KEY = ".pseudonyms.key"
ILLUSTRATIVE = "illustrative"


@dataclass(frozen=True)
class Sharing:
    """What was shared: `rows` and `withheld` by file, over all partners.

    `withheld` are rows with a partner's id that the rule of the policy held back.
    """

    version: str
    folder: Path
    folders: dict[str, str]
    rows: dict[str, int]
    withheld: dict[str, int]
    size: int
    policy: str


def share(settings: Settings, partner_id: str | None = None, policy_file: Path = POLICY) -> Sharing:
    """Write the sets of all partners, or of one, from the current publication.

    Raises PartnerMetricsError, and writes nothing, when nothing is published, the policy leaves a
    question open, or a row names another partner; TransientError when another process shares.
    """
    policy = read_policy(policy_file)
    with _published(settings) as (connection, publication), drafts(settings.share_dir) as draft:
        require_complete(policy, published_types(connection))
        partners = partners_of(connection, partner_id)
        folders = folder_names(partner.partner_id for partner in partners)
        with progress.step("share") as step:
            prepare(connection, partners)
            sets = [Drafted(one, draft / folders[one.partner_id]) for one in partners]
            for one in sets:
                one.folder.mkdir(mode=0o700)
            taken = []
            for file in policy.files:
                step.update(file.name)
                taken.append(take(connection, policy, file, pseudonym_key(settings)))
                _write_table(connection, taken[-1], sets)
            about = About(publication, said_of_itself(connection), policy.digest)
            described = _described(connection, policy, taken)
            for one in sets:
                one.finish(about, described)
            os.sync()  # once for all files: waiting for each of them takes longer than writing
            for one in sets:
                place = settings.share_dir / one.folder.name
                put_in_place(one.folder, place, publication.version, settings.keep_versions)
            size = sum(file.size for one in sets for file in one.files)
            step.update(f"{len(partners):,} partners, {size / 1000**2:,.1f} MB")
    return Sharing(
        version=publication.version,
        folder=settings.share_dir,
        folders=folders,
        rows={rows.file.name: rows.rows for rows in taken},
        withheld={rows.file.name: rows.withheld for rows in taken},
        size=size,
        policy=policy.digest,
    )


def pseudonym_key(settings: Settings) -> bytes:
    """The secret that pseudonyms are made with: made on first use, for its owner's eyes alone."""
    path = settings.ledger_dir / KEY
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        write_file(path.parent, path.name, secrets.token_bytes(32))
    key = path.read_bytes()
    if len(key) != 32:
        raise PartnerMetricsError(
            f"{path} is damaged. Restore it from the backup of the ledger; or remove it, and every "
            "pseudonym changes."
        )
    return key


@dataclass(frozen=True)
class About:
    """What a set is made of."""

    publication: Publication
    said: Said
    policy: str


@dataclass
class Drafted:
    """A partner's set while it is written."""

    partner: Partner
    folder: Path
    files: list[Written] = field(default_factory=list)
    counts: dict[str, Counts] = field(default_factory=dict)

    def add(self, name: str, table: pa.Table) -> None:
        self.files += write_table(self.folder, name, table)
        self.counts[name] = _counts(table)

    def finish(self, about: About, described: list[Described]) -> None:
        """Add what says what the set is: the README, and the manifest last."""
        publication, as_of = about.publication, about.said.inputs_as_of
        published_at = datetime.fromisoformat(publication.published_at)
        facts = {
            "Publication": publication.version,
            "Published": f"{published_at:%Y-%m-%d %H:%M} UTC",
            "Data as of": f"{as_of:%Y-%m-%d %H:%M} UTC" if as_of else "not known",
        }
        title = f"Files for {self.partner.partner_name} ({self.partner.partner_id})"
        text = readme(title, facts, about.said.is_simulated, described, self.counts)
        self.files.append(write_file(self.folder, README, text.encode()))
        manifest = {
            "partner_id": self.partner.partner_id,
            "publication_version": publication.version,
            "published_at": publication.published_at,
            "inputs_as_of": as_of.isoformat() if as_of else None,
            "is_simulated": about.said.is_simulated,
            "policy_sha256": about.policy,
            "files": [asdict(file) for file in self.files],
        }
        write_file(self.folder, MANIFEST, (json.dumps(manifest, indent=2) + "\n").encode())


def _write_table(connection: duckdb.DuckDBPyConnection, rows: Rows, sets: list[Drafted]) -> None:
    """Write every partner's part of a table that is read once, and forget its rows."""
    tables = by_partner(connection, rows, [one.partner for one in sets])
    for one, table in zip(sets, tables, strict=True):
        one.add(rows.file.name, table)
    connection.execute(f"drop table {rows.relation}")


@contextmanager
def _published(settings: Settings) -> Iterator[tuple[duckdb.DuckDBPyConnection, Publication]]:
    """The current published file, opened for reading, with its pointer."""
    file = current_file(settings)
    publication = read_pointer(settings.publish_dir)
    assert publication is not None  # or there was no current file
    config = settings.duckdb_config()
    with duckdb.connect(str(file), read_only=True, config=config) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection, publication


def _counts(table: pa.Table) -> Counts:
    if "verification" not in table.column_names:
        return Counts(table.num_rows)
    marked = pc.sum(pc.equal(table["verification"], ILLUSTRATIVE)).as_py()
    return Counts(table.num_rows, marked or 0)


def _described(
    connection: duckdb.DuckDBPyConnection, policy: Policy, taken: list[Rows]
) -> list[Described]:
    """What the published file says of the columns that partners get."""
    named = {
        name.column: descriptions(connection, name.table)[name.column]
        for name in policy.names.values()
    }
    return [
        Described(
            rows.file,
            rows.columns,
            {**named, **descriptions(connection, rows.file.table)},
            rows.file.columns,
        )
        for rows in taken
    ]
