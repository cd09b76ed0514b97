"""Writes rows of tuples as column batches: Parquet row groups, or CSV.

Only one batch a table is ever held, so memory does not grow with the size of the run.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from orchestration.simulator.tables import columns

ROW_GROUP = 60_000
_DECIMALS = {"m": (18, 6), "h": (9, 6), "p": (18, 4), "c": (9, 4)}
_MICRO = 1_000_000


def _type(letter: str) -> pa.DataType:
    if letter in _DECIMALS:
        return pa.decimal128(*_DECIMALS[letter])
    return {
        "s": pa.string(),
        "i": pa.int64(),
        "b": pa.bool_(),
        "t": pa.timestamp("us"),
        "e": pa.timestamp("us"),
        "d": pa.date32(),
    }[letter]


def _decimal(values: Sequence[int | None], letter: str) -> pa.Array:
    """Whole numbers of the last place as decimals, without ever passing through a float."""
    mask = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
    low = np.fromiter((value or 0 for value in values), dtype=np.int64, count=len(values))
    words = np.empty((len(values), 2), dtype=np.int64)
    words[:, 0] = low
    words[:, 1] = low >> 63
    validity = pa.array(~mask).buffers()[1] if mask.any() else None
    return pa.Array.from_buffers(_type(letter), len(values), [validity, pa.py_buffer(words)])


def _array(values: Sequence[Any], letter: str) -> pa.Array:
    if letter in _DECIMALS:
        return _decimal(values, letter)
    if letter == "t":
        return pa.array(values, pa.timestamp("s")).cast(pa.timestamp("us"))
    if letter == "e":
        ends = [None if value is None else value * _MICRO - 1_000 for value in values]
        return pa.array(ends, pa.timestamp("us"))
    return pa.array(values, _type(letter))


class TableWriter:
    """One part file of one table; the file appears only when a row was written."""

    def __init__(self, path: Path, spec: str, shuffle_seed: str | None = None) -> None:
        self._path = path
        self._columns = columns(spec)
        self._schema = pa.schema([(name, _type(letter)) for name, letter in self._columns])
        self._rows: list[tuple[Any, ...]] = []
        self._order: np.random.Generator | None = None
        if shuffle_seed is not None:
            self._order = np.random.default_rng(random.Random(shuffle_seed).getrandbits(64))
        self._sink: Any = None
        self.count = 0

    def add(self, row: tuple[Any, ...]) -> None:
        """Add one row, its values in the order of the table's columns."""
        self._rows.append(row)
        if len(self._rows) >= ROW_GROUP:
            self._flush()

    def extend(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows; a batch may grow by the size of `rows` before it is written."""
        self._rows.extend(rows)
        if len(self._rows) >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        arrays = [
            _array(values, letter)
            for values, (_, letter) in zip(
                zip(*self._rows, strict=True), self._columns, strict=True
            )
        ]
        batch = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        if self._order is not None:
            batch = batch.take(pa.array(self._order.permutation(len(self._rows))))
        if self._sink is None:
            self._sink = self._open()
        self._sink.write_batch(batch)
        self.count += len(self._rows)
        self._rows = []

    def _open(self) -> Any:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.suffix == ".csv":
            return pacsv.CSVWriter(self._path, self._schema)
        return pq.ParquetWriter(
            self._path, self._schema, compression="snappy", use_dictionary=self._dictionary()
        )

    def _dictionary(self) -> list[str]:
        """Ids never repeat enough for a dictionary to pay; all else does."""
        return [
            name
            for name, letter in self._columns
            if letter in "sb" and name not in ("id", "unique_id", "invoice_id", "number", "name")
        ]

    def close(self) -> None:
        """Write what is left and close the file."""
        self._flush()
        if self._sink is not None:
            self._sink.close()
            self._sink = None


class TableSet:
    """The writers of one block of work, opened as tables are first written to."""

    def __init__(
        self, root: Path, specs: dict[str, str], part: int, suffix: str, shuffle: str | None = None
    ) -> None:
        self._root = root
        self._specs = specs
        self._part = part
        self._suffix = suffix
        self._shuffle = shuffle
        self._writers: dict[str, TableWriter] = {}

    def __getitem__(self, table: str) -> TableWriter:
        writer = self._writers.get(table)
        if writer is None:
            folder = self._root.joinpath(*table.split("."))
            path = folder / f"part-{self._part:04d}.{self._suffix}"
            seed = None if self._shuffle is None else f"{self._shuffle}:{table}:{self._part}"
            writer = self._writers[table] = TableWriter(path, self._specs[table], seed)
        return writer

    def __enter__(self) -> TableSet:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._writers.values():
            writer.close()

    def counts(self) -> dict[str, int]:
        """Rows written, by table."""
        return {table: writer.count for table, writer in sorted(self._writers.items())}
