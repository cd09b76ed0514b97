"""`make bench-incentives`: how long paying a large channel takes, and how much memory, by step.

    python -m orchestration.bench_incentives [PARTNERS]

The inputs are those of the last build, as often as it takes to have so many partners: each copy is
partners and customers of its own, with the lines they have. Five programs pay the last twelve
months, and look back over another twelve. The steps are run as dbt compiled them, without dbt, from
the metric lines to the lines that are owed and the tiers. Results are printed, and written to
docs/benchmarks.md when there are at least 10,000 partners.
"""

from __future__ import annotations

import platform
import resource
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.bench import DOCUMENT
from orchestration.build_record import require_passed_build
from orchestration.cli import run_command
from orchestration.errors import PartnerMetricsError
from orchestration.files import remove_database
from orchestration.manifest import read_manifest
from orchestration.query import rows_table, terminal_console
from orchestration.raw_sources import literal
from orchestration.settings import Settings, available_processors, load_settings
from orchestration.what_if.steps import Relation, Steps, steps_of

PARTNERS = 10_000
PROGRAMS, PERIODS, LOOKS_BACK = 5, 12, 12
# Where the bench begins: what is read of the certified tables, by partner.
GIVEN = ("int_incentives__metric_lines", "int_incentives__partner_metrics")
# What a copy has of its own; products, courses, metrics and programs are shared.
OWN_IDS = {
    "partner_id", "parent_partner_id", "group_id", "customer_id", "person_id", "source_id",
    "account_manager_id", "deal_registration_id", "opportunity_id", "association_id",
    "subscription_id", "support_user_id", "organization_id", "ticket_id", "requester_user_id",
    "assignee_user_id", "assignee_person_id", "changed_by_user_id", "crm_account_id",
    "billing_account_id",
}  # fmt: skip
HEADING = "## Incentives"
SLOWEST = 15


@dataclass(frozen=True)
class Step:
    """A model: seconds, rows, and the process's peak of memory so far in bytes."""

    model: str
    seconds: float
    rows: int
    peak: int

    def cells(self) -> tuple[str, str, str, str]:
        return self.model, f"{self.rows:,}", f"{self.seconds:.1f}", f"{self.peak / 1e9:.2f}"


@dataclass(frozen=True)
class Size:
    """What was paid for, and what came of it."""

    partners: int
    customers: int
    lines: int
    programs: int
    periods: int
    owed: int


def main() -> None:
    """Measure, print, and keep the figures of a full run."""
    settings = load_settings()
    require_passed_build(settings, "Not measured")
    partners = _partners(sys.argv[1:])
    folder = settings.build_dir / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    settings.spill_dir.mkdir(parents=True, exist_ok=True)
    file = folder / "incentives.duckdb"
    remove_database(file)
    try:
        steps = steps_of(read_manifest(settings), given=GIVEN)
        prepare(settings, steps, partners, file)
        done, size = measure(settings, steps, file)
    finally:
        remove_database(file)
    console = terminal_console()
    console.print(rows_table(["step", "rows", "seconds", "peak GB"], [one.cells() for one in done]))
    print("\n".join(summary(done, size)))
    if partners >= PARTNERS:
        text = DOCUMENT.read_text("utf-8") if DOCUMENT.exists() else ""
        above = text.split(HEADING)[0].rstrip()
        DOCUMENT.write_text(f"{above}\n\n{section(done, size, settings)}".lstrip(), "utf-8")
        print(f"Written to {DOCUMENT}")


def prepare(settings: Settings, steps: Steps, partners: int, file: Path) -> None:
    """Write the inputs of so many partners, and the rows of five programs, into a new file."""
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        # the views of the build file know it as `warehouse`
        connection.execute(
            f"attach {literal(str(settings.warehouse_path))} as warehouse (read_only)"
        )
        connection.execute(f"attach {literal(str(file))} as bench")
        there, last_month = _one(
            connection,
            "select count(*), (select max(month_start) from warehouse.intermediate.int_months) "
            "from warehouse.certified.partners where partner_id <> 'direct'",
        )
        copies = -(-partners // max(int(there), 1))
        begin = _months_before(last_month, PERIODS + LOOKS_BACK - 1)
        for relation in steps.inputs:
            _copy(connection, relation, copies, begin)
        _copy_programs(connection, steps, _months_before(last_month, PERIODS - 1))


def _copy(
    connection: duckdb.DuckDBPyConnection, relation: Relation, copies: int, begin: date
) -> None:
    """A table as often as there are copies if it is about partners or customers, else once."""
    source = f"warehouse.{relation.quoted}"
    columns = [row[0] for row in connection.execute(f"describe {source}").fetchall()]
    own = [column for column in columns if column in OWN_IDS]
    wanted = [f"month_start >= date '{begin}'"] if "month_start" in columns else []
    wanted += ["(copy = 0 or partner_id <> 'direct')"] if "partner_id" in own else []
    picked = ", ".join(
        f"case when copy = 0 then {column} else {column} || '~' || copy end as {column}"
        if column in own
        else column
        for column in columns
    )
    connection.execute(f'create schema if not exists bench."{relation.schema}"')
    connection.execute(
        f"create table bench.{relation.quoted} as select {picked} from {source} "
        f"cross join range({copies if own else 1}) as copies (copy)"
        + (f" where {' and '.join(wanted)}" if wanted else "")
    )


def _copy_programs(connection: duckdb.DuckDBPyConnection, steps: Steps, begin: date) -> None:
    """The five programs with most levers, in force for the last twelve months only."""
    for relation in steps.programs.values():
        connection.execute(f'create schema if not exists bench."{relation.schema}"')
        connection.execute(
            f"create table bench.{relation.quoted} as from warehouse.{relation.quoted}"
        )
    versions = f"bench.{steps.programs['program_versions'].quoted}"
    connection.execute(
        f"delete from {versions} where enforced_to <= ? or program_id not in ("
        f"select program_id from {versions} "
        f"inner join bench.{steps.programs['levers'].quoted} using (program_version_id) "
        f"group by program_id order by count(*) desc, program_id limit {PROGRAMS})",
        [begin],
    )
    connection.execute(
        f"update {versions} set enforced_from = greatest(enforced_from, $begin), "
        "applies_retroactively_from = greatest(applies_retroactively_from, $begin)",
        {"begin": begin},
    )


def measure(settings: Settings, steps: Steps, file: Path) -> tuple[list[Step], Size]:
    """Run the compiled models one after the other, on a file that the compiled SQL can name."""
    compiled = settings.dbt_target_dir / "compiled" / "partner_metrics"
    done = []
    with duckdb.connect(config=settings.duckdb_config()) as connection:
        connection.execute(f"attach {literal(str(file))} as warehouse")
        connection.execute("use warehouse")
        connection.execute("set TimeZone = 'UTC'")
        for node in steps.nodes:
            query = compiled / node["original_file_path"]
            if not query.is_file():
                raise PartnerMetricsError(
                    f"{query} is not there: dbt has not compiled it. Run `make run` first."
                )
            table = f'"{node["schema"]}"."{node["alias"]}"'
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            connection.execute(f'create schema if not exists "{node["schema"]}"')
            started = time.perf_counter()
            connection.execute(f"create {kind} {table} as\n{query.read_text('utf-8')}")
            seconds = time.perf_counter() - started
            (rows,) = _one(connection, f"select count(*) from {table}")
            done.append(Step(node["name"], seconds, int(rows), _peak()))
            print(f"{len(done)} of {len(steps.nodes)}: {node['name']}, {seconds:.1f} s", flush=True)
        size = Size(
            *_one(
                connection,
                """
                select
                    (select count(*) from certified.partners where partner_id <> 'direct'),
                    (select count(*) from certified.customers),
                    (select count(*) from intermediate.int_incentives__metric_lines),
                    count(distinct program_id),
                    (select count(distinct month_start)
                     from intermediate.int_incentives__version_months),
                    count(*)
                from intermediate.int_incentives__calculated_lines
                """,
            )
        )
    return done, size


def summary(done: list[Step], size: Size) -> list[str]:
    """What was measured, in sentences."""
    seconds = sum(step.seconds for step in done)
    return [
        f"{size.partners:,} partners with {size.customers:,} customers and {size.lines:,} metric "
        f"lines; {size.programs} programs that pay, {size.periods} months; {size.owed:,} lines "
        "owed.",
        f"{len(done)} steps in {seconds:.1f} s, with a peak of {done[-1].peak / 1e9:.2f} GB.",
    ]


def section(done: list[Step], size: Size, settings: Settings) -> str:
    """The section of docs/benchmarks.md, as Markdown."""
    slowest = sorted(done, key=lambda step: -step.seconds)[:SLOWEST]
    rows = "\n".join(f"| {' | '.join(step.cells())} |" for step in slowest)
    told = "\n".join(summary(done, size))
    return f"""{HEADING}

Written by `make bench-incentives`: the demo's partners as often as needed, paid for a year by the
steps as dbt compiled them; {available_processors()} processors, {platform.system()}
{platform.machine()}, DuckDB {duckdb.__version__} with {settings.threads} threads and a memory limit
of {settings.memory_limit}.

{told}

| slowest steps | rows | seconds | peak GB so far |
| --- | ---: | ---: | ---: |
{rows}
"""


def _peak() -> int:
    """Largest memory of this process so far, in bytes."""
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    if row is None:
        raise PartnerMetricsError(f"Nothing to measure: {query}")
    return row


def _partners(arguments: list[str]) -> int:
    text = "".join(arguments) or str(PARTNERS)
    try:
        return int(text.replace(",", "").replace("_", ""))
    except ValueError as error:
        raise PartnerMetricsError(
            f"{text!r} is no number of partners; try make bench-incentives PARTNERS=600"
        ) from error


if __name__ == "__main__":
    run_command(main)
