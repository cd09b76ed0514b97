"""A company whose versions are published from tables that a test writes itself, without dbt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import duckdb

from orchestration.build_record import BuildRecord, write_record
from orchestration.certificates import CertificateFacts, Metric
from orchestration.files import remove_database
from orchestration.ledger.closed_months import CLOSED_MONTHS, land_closed_months
from orchestration.ledger.contract import CLOSINGS, ClosedTable, load_closed_tables
from orchestration.manifest import TableDescription
from orchestration.publishing import PUBLIC_TABLES, Publication, current_file, publish
from orchestration.settings import Settings

AS_OF = datetime(2025, 5, 3, 4)  # noqa: DTZ001 - stored as UTC without a zone
JANUARY_TO_APRIL = {
    "2025-01": {"p_1": "100"},
    "2025-02": {"p_1": "100", "p_2": "50.123456"},
    "2025-03": {"p_1": "120", "p_2": "50.123456"},
    "2025-04": {"p_1": "130", "p_2": "60"},
}
Months = dict[str, dict[str, str]]


@dataclass
class Company:
    """Publishes monthly tables as a run of the main job would, closed months from the ledger."""

    settings: Settings
    run: int = 0
    as_of: datetime = AS_OF
    tables: list[ClosedTable] = field(default_factory=load_closed_tables)

    def build(self, months: Months) -> None:
        """A build file that passed all tests, with open months as given."""
        self.settings.prepare()
        remove_database(self.settings.warehouse_path)
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            land_closed_months(self.settings, connection)
            connection.execute("create schema certified")
            for table in self.tables:
                if table.name != CLOSINGS:
                    _fill(connection, table, months)
            connection.execute(
                f"create table certified.{CLOSED_MONTHS} as "
                f"select month_start, content_hash, closing_mrr from closed_months.{CLOSINGS}"
            )
            for name in set(PUBLIC_TABLES) - {table.name for table in self.tables}:
                if name != CLOSED_MONTHS:
                    connection.execute(f"create table certified.{name} as select 1 as id")
        self.run += 1
        write_record(BuildRecord(f"run-{self.run}", True, 9, 9, 1.0, [], []), self.settings)

    def publish(self, months: Months = JANUARY_TO_APRIL) -> Publication:
        self.build(months)
        return self.publish_build()

    def publish_build(self, others: Sequence[str] = ()) -> Publication:
        described = TableDescription("A table.", {})
        names = [table.name for table in self.tables if table.name != CLOSINGS] + list(others)
        facts = CertificateFacts(
            run_id=f"run-{self.run}", code_version="abc", inputs_as_of=self.as_of,
            metrics=[Metric("closing_mrr", "1", "partner_mrr_monthly", "closing_mrr")],
        )  # fmt: skip
        return publish(self.settings, dict.fromkeys([*names, CLOSED_MONTHS], described), facts)

    def query(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(current_file(self.settings)), read_only=True) as connection:
            return connection.execute(query).fetchall()


def _fill(connection: duckdb.DuckDBPyConnection, table: ClosedTable, months: Months) -> None:
    """Closed rows from the ledger; of open months a row a partner, or one with their total."""
    connection.execute(f"create table certified.{table.name} as from closed_months.{table.name}")
    for month, partners in months.items():
        total = {"": str(sum(map(Decimal, partners.values())))}
        for partner, mrr in (partners if "partner_id" in table.columns else total).items():
            known = {
                "partner_id": f"'{partner}'", "month_start": f"date '{month}-01'",
                "closing_mrr": mrr, "reporting_currency": "'EUR'",
            }  # fmt: skip
            values = [
                known.get(column) or ("'x'" if kind == "varchar" else "null")
                for column, kind in table.columns.items()
            ]
            connection.execute(
                f"insert into certified.{table.name} select {', '.join(values)} "
                f"where date '{month}-01' not in (select month_start from closed_months.{CLOSINGS})"
            )
