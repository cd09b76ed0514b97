"""Damaged files: the run stops and names file, table and column, or every row is landed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from world import anchors, write_raw

from orchestration.check import look
from orchestration.contract import load_contract
from orchestration.errors import PartnerMetricsError
from orchestration.landed_files import unreadable_files
from orchestration.landing import land
from orchestration.settings import Settings, load_settings

CONTRACT = load_contract()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A whole raw folder with one valid row in every table."""
    return write_raw(anchors(), tmp_path / "raw")


def settings_for(raw: Path) -> Settings:
    folder = raw.parent
    return load_settings(
        {
            "PARTNER_METRICS_BUILD_DIR": str(folder / "build"),
            "PARTNER_METRICS_PUBLISH_DIR": str(folder / "published"),
            "PARTNER_METRICS_LEDGER_DIR": str(folder / "ledger"),
            "PARTNER_METRICS_RAW": str(raw),
        }
    )


def as_csv(raw: Path, table: str, content: bytes) -> Path:
    """Put a CSV file in place of a table's Parquet file."""
    file = raw / f"{table}.csv"
    file.with_suffix(".parquet").unlink(missing_ok=True)
    file.write_bytes(content)
    return file


def landed(raw: Path, table: str) -> list[tuple[object, ...]]:
    settings = settings_for(raw)
    land(settings)
    source, name = table.split("/")
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        rows = connection.execute(f"select id, name from raw_{source}.{name} order by id")
        return rows.fetchall()


HEADER = b"id,name\n"
REFUSED = {
    "latin-1": HEADER + "c1,Café\n".encode("latin-1"),
    "utf-16": (HEADER + b"c1,a\n").decode().encode("utf-16"),
    "fewer fields": HEADER + b"c1\nc2,b\n",
    "more fields": HEADER + b"c1,a,b\nc2,b\n",
    "a quote that is not closed": HEADER + b'c1,"a\nc2,b\nc3,c\n',
    "a title line": b"Customers of today\n" + HEADER + b"c1,a\nc2,b\n",
    "a comment line": b"# of today\n" + HEADER + b"c1,a\nc2,b\n",
    "a line beyond all": HEADER + b"c1," + b"x" * 3_000_000 + b"\n",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_broken_csv_file_is_named(raw: Path, kind: str) -> None:
    file = as_csv(raw, "stripe/customer", REFUSED[kind])

    with pytest.raises(PartnerMetricsError, match=r"stripe\.customer") as error:
        land(settings_for(raw))

    assert str(file) in str(error.value)
    assert len(str(error.value)) < 2_000


COLUMNS_LOST = {
    "an empty file": b"",
    "semicolons": b"id;name\nc1;a\n",
    "no header": b"c1,a\nc2,b\n",
    "another name": b"customer_id,name\nc1,a\n",
}


@pytest.mark.parametrize("kind", COLUMNS_LOST)
def test_a_file_without_a_column_that_is_needed_is_named(raw: Path, kind: str) -> None:
    file = as_csv(raw, "stripe/customer", COLUMNS_LOST[kind])

    with pytest.raises(PartnerMetricsError, match=r"stripe\.customer: column id") as error:
        land(settings_for(raw))

    assert str(file) in str(error.value)


def test_each_column_that_is_needed_is_missed_at_landing(tmp_path: Path) -> None:
    """Every row would be quarantined, and figures would fall to nothing without an error."""
    raw = tmp_path / "raw"
    for table in CONTRACT:
        file = raw / table.source / f"{table.name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        others = [one for one in table.columns if one not in table.required_columns]
        pq.write_table(pa.table({one: pa.array(["x"]) for one in others}), file)

    with pytest.raises(PartnerMetricsError) as error:
        land(settings_for(raw))

    for table in CONTRACT:
        if table.required_columns:
            expected = f"{table.full_name}: column {', '.join(table.required_columns)}\n"
            assert expected in str(error.value)


def test_lines_that_look_like_comments_are_rows(raw: Path) -> None:
    as_csv(raw, "stripe/customer", HEADER + b"#c1,a\nc2,b\n#c3,c\n")

    assert landed(raw, "stripe/customer") == [("#c1", "a"), ("#c3", "c"), ("c2", "b")]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
def test_line_ends_byte_order_mark_and_quotes_are_read(raw: Path, ending: bytes) -> None:
    lines = [b"\xef\xbb\xbfid,name", b'c1,"a ""b"", c"', b"c2,\xe6\x97\xa5\xe6\x9c\xac", b""]
    as_csv(raw, "stripe/customer", ending.join(lines))

    assert landed(raw, "stripe/customer") == [("c1", 'a "b", c'), ("c2", "日本")]


def test_text_of_a_parquet_file_that_is_not_utf_8_is_named(raw: Path) -> None:
    """A view reads it only while dbt builds: the failed build then says where it is."""
    file = raw / "stripe" / "customer.parquet"
    table = pq.read_table(file)
    broken = pa.Array.from_buffers(pa.string(), 1, pa.array([b"Caf\xe9"], pa.binary()).buffers())
    index = table.column_names.index("name")
    pq.write_table(table.set_column(index, "name", broken), file)
    settings = settings_for(raw)
    land(settings)

    (problem,) = unreadable_files(settings)

    assert str(file) in problem
    assert "column name" in problem and "not valid UTF8" in problem


def test_a_folder_that_cannot_be_read_is_named(raw: Path) -> None:
    shutil.rmtree(raw)

    with pytest.raises(PartnerMetricsError, match=str(raw)):
        land(settings_for(raw))


def test_a_parquet_file_of_noughts_is_named(raw: Path) -> None:
    file = raw / "salesforce" / "account.parquet"
    file.write_bytes(bytes(file.stat().st_size))

    with pytest.raises(PartnerMetricsError, match=r"salesforce\.account(.|\n)*account\.parquet"):
        land(settings_for(raw))


def test_a_blank_column_of_every_needed_one_is_refused_before_a_build(raw: Path) -> None:
    """Whatever the contract needs in every row, emptied in all of them, is named."""
    emptied = set()
    for table in CONTRACT:
        if not table.required:
            continue
        file = raw / table.source / f"{table.name}.parquet"
        landed = pq.read_table(file)
        for column in table.required_columns:
            index = landed.column_names.index(column)
            landed = landed.set_column(index, column, pa.array([None] * len(landed), pa.string()))
            emptied.add(f"{table.full_name} of {table.source}: {column} is empty")
        pq.write_table(landed, file)

    delivery = look(settings_for(raw))

    text = "\n".join(finding.text for finding in delivery.stops)
    assert not [one for one in emptied if one not in text]


def test_a_column_of_empty_texts_is_as_empty_as_one_of_nulls(raw: Path) -> None:
    def filled() -> frozenset[str]:
        return look(settings_for(raw)).profiles["stripe.customer"][0].filled

    for line in (b"c1,\n", b'c1,""\n'):
        file = as_csv(raw, "stripe/customer", HEADER + line)
        assert filled() == {"id"}
    file.unlink()
    pq.write_table(pa.table({"id": ["c1"], "name": [""]}), file.with_suffix(".parquet"))
    assert filled() == {"id"}
    pq.write_table(
        pa.table({"id": ["c1"], "name": ["a"]}),
        file.with_suffix(".parquet"),
        write_statistics=False,
    )
    assert filled() == {"id", "name"}, "without statistics it is looked up"
