"""Bad input: every column of every raw table, spoiled in every way, changes no certified total of
those whom it does not concern; and each row is accepted or quarantined as the contract says.

`make test-fuzz` runs all of it and writes docs/bad_input.md; `make test` runs a part.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from bad_input_report import Findings, write_report
from check import Outcome, compare, figures_of, mark
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from in_process import Rig
from mutations import BOOLEANS, MOMENTS, NUMBERS, Mutation, every_mutation, spoil
from oracle import ORDERS, OTHER_CHECKS, TABLES, Row, judge
from world import REVENUE_TABLES, Rows, anchors, customer_around, plain_row, untouched

FULL = os.environ.get("PARTNER_METRICS_FUZZ") == "full"
EXAMPLES = 12 if FULL else 3
CORPUS = Path(__file__).with_name("corpus.csv")


@dataclass
class Bench:
    """The compiled warehouse, the customers who must come to no harm, and their figures."""

    rig: Rig
    safe: Rows
    customers: set[str]
    partners: set[str]
    figures: dict[str, list[tuple[Any, ...]]]
    findings: Findings

    def rows(self) -> Rows:
        """The safe rows, for one more build."""
        return {key: [{**row} for row in found] for key, found in self.safe.items()}

    def figures_in(self, connection: duckdb.DuckDBPyConnection) -> Any:
        return figures_of(connection, self.customers, self.partners)

    def check(self, rows: Rows, *, everything: bool = True) -> Outcome:
        """Build; compare all verdicts and values, and with `everything` the certified figures."""
        mark(rows)
        verdicts = judge(rows)
        with self.rig.run(rows, everything=everything) as connection:
            outcome = compare(connection, rows, verdicts)
            if everything:
                self.certified(connection)
        self.findings.builds += 1
        self.findings.rows += sum(map(len, rows.values()))
        assert not outcome.problems, "\n".join(outcome.problems[:20])
        return outcome

    def certified(self, connection: duckdb.DuckDBPyConnection) -> None:
        """No figure of the safe customers has moved, and every identity holds."""
        figures = self.figures_in(connection)
        for table, expected in self.figures.items():
            moved = set(expected) ^ set(figures[table])
            assert not moved, (table, sorted(moved, key=str)[:3])
        failed = self.rig.project.failed_tests(connection)
        assert not failed, failed
        unexplained = connection.execute(
            "from audit.row_accounting "
            "where landed_rows <> accepted_rows + quarantined_rows + superseded_rows"
        ).fetchall()
        assert not unexplained
        self.findings.identities = len(self.rig.project.tests)


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    rig = Rig(tmp_path_factory.mktemp("bad_input"))
    safe = untouched()
    customers = {str(row["id"]) for row in safe["salesforce", "account"]}
    customers |= {str(row["id"]) for row in safe["stripe", "customer"]}
    partners = {str(row["id"]) for row in safe["partner_portal", "partner"]}
    for key, found in anchors().items():
        safe.setdefault(key, []).extend(found)
    mark(safe)
    rig.compile(rig.write(safe, "compiled"))
    findings = Findings()
    bench = Bench(rig, dict(safe), customers, partners, {}, findings)
    with rig.run(bench.rows()) as connection:
        bench.figures = bench.figures_in(connection)
        assert not rig.project.failed_tests(connection)
    assert all(bench.figures.values())
    findings.figures = {name: len(rows) for name, rows in bench.figures.items()}
    yield bench
    if FULL and findings.complete:
        write_report(findings)


def added(rows: Rows, more: Rows) -> None:
    for key, found in more.items():
        rows.setdefault(key, []).extend(found)


def a_part(mutations: list[Mutation]) -> list[Mutation]:
    """Every kind for every type of column, and every column at least once."""
    seen: set[Any] = set()
    chosen = []
    for mutation in mutations:
        table = TABLES[mutation.table]
        kind = table.columns[mutation.column].type if mutation.column else "row"
        revenue = mutation.table in REVENUE_TABLES
        marks = {(kind, mutation.kind, revenue), (mutation.table, mutation.column)}
        if not marks <= seen:
            seen |= marks
            chosen.append(mutation)
    return chosen


def test_the_judge_knows_every_check_of_the_contract() -> None:
    for table in TABLES.values():
        stated = Counter((one["reason"], one["column"]) for one in table.meta.get("checks", []))
        known = Counter((one[0], one[1]) for one in OTHER_CHECKS.get(table.full_name, []))
        for _, second, strict in ORDERS.get(table.full_name, []):
            known["out_of_range" if strict else "impossible_date", second] += 1
        assert known == stated, table.full_name


def test_every_way_to_spoil_every_column(bench: Bench) -> None:
    mutations = list(every_mutation())
    chosen = mutations if FULL else a_part(mutations)
    rows = bench.rows()
    for number, mutation in enumerate(chosen, start=1000):
        added(rows, spoil(mutation, number))
    outcome = bench.check(rows)
    bench.findings.mutations = Counter(mutation.group for mutation in chosen)
    bench.findings.columns = len({(m.table, m.column) for m in chosen if m.column})
    bench.findings.statuses = outcome.statuses
    bench.findings.reasons = outcome.reasons
    bench.findings.passed.add("mutations")


def test_corpus(bench: Bench) -> None:
    """Fixed cases, each with the reason that a person expects."""
    with CORPUS.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    rows = bench.rows()
    expected = {}
    for number, case in enumerate(cases, start=1000):
        source, name = case["table"].split(".")
        text = json.loads(case["text"]) if case["text"].strip() else None
        more = spoil(Mutation((source, name), case["column"], "corpus", "", text), number)
        added(rows, more)
        reason = f"{case['reason']}|{case['column']}" if case["reason"] else None
        expected[number] = (case, more[source, name][0], case["status"], reason)
    mark(rows)
    wrong = []
    with bench.rig.run(rows) as connection:
        for case, row, status, reason in expected.values():
            found = verdict_of(connection, case["table"], row)
            if found != (status, reason):
                wrong.append((case, found))
        bench.certified(connection)
    assert not wrong
    bench.findings.corpus = len(cases)
    bench.findings.passed.add("corpus")


def verdict_of(
    connection: duckdb.DuckDBPyConnection, table: str, row: Row
) -> tuple[str, str | None]:
    """How a row was judged; quarantined rows are known by their number, others by what is left."""
    base = "staging.base_" + table.replace(".", "__")
    found = connection.execute(
        f"select row_reason from {base} where json_extract_string(raw_row, '$.fuzz_row') = ?",
        [row["fuzz_row"]],
    ).fetchall()
    return ("quarantined", found[0][0]) if found else ("accepted", None)


# What each column allows by itself, and what together no arithmetic holds.
EXTREMES: dict[str, list[tuple[str, str, str]]] = {
    "the largest price for the largest quantity": [
        ("price", "unit_amount_decimal", "1000000000000"),
        ("subscription_item", "quantity", "1000000000"),
        ("invoice_line_item", "subscription_item_id", ""),
    ],
    "the largest price, by the day": [
        ("price", "unit_amount_decimal", "1000000000000"), ("price", "recurring_interval", "day"),
        ("price", "currency", "JPY"), ("invoice_line_item", "amount", "1000000000000"),
    ],
    "the largest amount on a line": [("invoice_line_item", "amount", "1000000000000")],
    "the largest amount in a currency without minor units": [
        ("price", "currency", "JPY"), ("invoice_line_item", "currency", "JPY"),
        ("invoice_line_item", "amount", "1000000000000"),
    ],
    "the largest amount for a single day": [
        ("invoice_line_item", "amount", "100000000000"), ("price", "recurring_interval", "year"),
        ("invoice_line_item", "period_start", "2025-03-01"),
        ("invoice_line_item", "period_end", "2025-03-02"),
    ],
    "the largest amount off, by the day": [
        ("coupon", "amount_off", "1000000000000"), ("coupon", "currency", "JPY"),
        ("price", "currency", "JPY"), ("price", "recurring_interval", "day"),
        ("coupon", "percent_off", ""),
    ],
    "a committed minimum beyond all": [
        ("price", "metadata", '{"committed_minimum": "999999999999999999"}'),
        ("price", "recurring_usage_type", "metered"),
    ],
    "a quantity that jumps": [
        ("price", "unit_amount_decimal", "900000000"), ("invoice_line_item", "quantity", "1"),
        ("invoice_line_item", "amount", "1"), ("subscription_item", "quantity", "1000"),
    ],
    "a service that starts in 2099": [("subscription", "start_date", "2099-12-31 23:59:59")],
    "a service that started in 1990": [("subscription", "start_date", "1990-01-01 00:00:00")],
    "a repeating coupon of a hundred years": [
        ("coupon", "duration", "repeating"), ("coupon", "duration_in_months", "1200"),
        ("discount", "start", "2099-12-31"), ("discount", "end", ""),
    ],
}  # fmt: skip
HELD_BACK = {
    "the largest price for the largest quantity", "the largest price, by the day",
    "the largest amount on a line", "the largest amount in a currency without minor units",
    "the largest amount for a single day", "a committed minimum beyond all",
    "a quantity that jumps",
}  # fmt: skip


def test_extremes_together_hold_back_the_item_and_nothing_else(bench: Bench) -> None:
    rows = bench.rows()
    items = {}
    for number, (name, changes) in enumerate(EXTREMES.items(), start=1000):
        customer = customer_around(number)
        for table, column, text in changes:
            customer["stripe", table][0][column] = text or None
        items[name] = str(customer["stripe", "subscription_item"][0]["id"])
        added(rows, customer)
    added(rows, _billed_at_one_price_and_held_at_another(1800))
    # rates at both ends of what is allowed, for a currency that only one customer has
    customer = customer_around(1900)
    customer["stripe", "price"][0]["currency"] = "ISK"
    added(rows, customer)
    for day in range(1, 29):
        rate = "0.00000001" if day % 2 else "10000000"
        row = plain_row(("exchange_rates", "daily_rate"), day, currency="ISK", rate=rate,
                        rate_date=f"2025-{day % 12 + 1:02}-{day:02}")  # fmt: skip
        added(rows, {("exchange_rates", "daily_rate"): [row]})
    mark(rows)
    with bench.rig.run(rows) as connection:
        held = dict(
            connection.execute(
                "select subscription_item_id, reason_code from intermediate"
                ".int_subscription_items__rejected"
            ).fetchall()
        )
        bench.certified(connection)
    found = {name for name, item in items.items() if held.get(item) == "implausible_amount"}
    assert found == HELD_BACK
    bench.findings.extremes += len(EXTREMES) + 2
    bench.findings.passed.add("extremes")


def _billed_at_one_price_and_held_at_another(number: int) -> Rows:
    """The old price for the new quantity, a step between the two, is what no arithmetic holds."""
    customer = customer_around(number)
    (price,) = customer["stripe", "price"]
    price |= {"unit_amount": "1000000000000", "unit_amount_decimal": "1000000000000"}
    customer["stripe", "price"].append(
        {**price, "id": f"price_{number}_2", "unit_amount": "1", "unit_amount_decimal": "1"}
    )
    customer["stripe", "invoice_line_item"][0] |= {"quantity": "1", "amount": "1"}
    customer["stripe", "subscription_item"][0] |= {
        "quantity": "1000000000", "plan_id": f"price_{number}_2",
    }  # fmt: skip
    return customer


@pytest.mark.parametrize("name", ["subscription", "subscription_item", "invoice_line_item"])
def test_a_delivery_in_the_far_future_moves_no_month(bench: Bench, name: str) -> None:
    rows = bench.rows()
    customer = customer_around(1000)
    customer["stripe", name][0]["_fivetran_synced"] = "2099-12-31 23:59:59"
    added(rows, customer)
    outcome = bench.check(rows)
    assert outcome.reasons["impossible_date"] >= 1
    bench.findings.extremes += 1
    bench.findings.passed.add(f"delivery of {name}")


# --- texts that nobody thought of ---------------------------------------------------------------

TEXTS = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.sampled_from([*NUMBERS.values(), *MOMENTS.values(), *BOOLEANS.values()]),
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-(10**15), 10**15, allow_nan=False, places=6).map(lambda one: format(one, "f")),
    st.datetimes().map(lambda one: one.isoformat(sep=" ")),
    st.datetimes().map(lambda one: one.isoformat() + "Z"),
    st.dates().map(str),
    st.sampled_from(["EUR", "usd", "XAF", "month", "active", "canceled", "paid", "nobody", "{}"]),
)


def spoilable(key: tuple[str, str]) -> list[str]:
    """Columns to spoil at random: not the moment of delivery, which has a test of its own."""
    return [name for name in TABLES[key].columns if name != "_fivetran_synced"]


CASES = st.sampled_from(sorted(TABLES)).flatmap(
    lambda key: st.tuples(
        st.just(key),
        st.dictionaries(st.sampled_from(spoilable(key)), TEXTS, min_size=1, max_size=3),
    )
)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(CASES, min_size=150 if FULL else 50, max_size=400 if FULL else 150))
def test_texts_that_nobody_thought_of(
    bench: Bench, cases: list[tuple[tuple[str, str], dict[str, str | None]]]
) -> None:
    rows = bench.rows()
    for number, (key, texts) in enumerate(cases, start=1000):
        more = customer_around(number) if key in REVENUE_TABLES else {key: [plain_row(key, number)]}
        more[key][0] |= texts
        added(rows, more)
    bench.check(rows)
    bench.findings.examples += 1
    bench.findings.random_cells += sum(len(texts) for _, texts in cases)
    if bench.findings.examples >= EXAMPLES:
        bench.findings.passed.add("random text")


# What other connectors and loaders make of the same columns.
OTHER_TYPES = {
    "timestamp": "timestamptz", "date": "timestamp", "bigint": "double", "integer": "double",
    "boolean": "integer",
}  # fmt: skip


@pytest.mark.skipif(not FULL, reason="dbt compiles anew for other column types: make test-fuzz")
def test_other_column_types_make_the_same_figures(bench: Bench, tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    texts = rig.write(bench.rows(), "texts")
    for file in sorted(texts.rglob("*.parquet")):
        table = TABLES[file.parent.name.split("__")[0], file.stem]
        columns = ", ".join(
            f'cast(cast("{name}" as {column.type}) as {_other_type(column.type)}) as "{name}"'
            for name, column in table.columns.items()
        )
        target = tmp_path / "typed" / file.relative_to(texts)
        target.parent.mkdir(parents=True, exist_ok=True)
        duckdb.execute(
            f"set TimeZone = 'UTC'; "
            f"copy (select {columns} from '{file}') to '{target}' (format parquet)"
        )
    rig.compile(tmp_path / "typed")
    with rig.build(tmp_path / "typed") as connection:
        bench.certified(connection)
    bench.findings.passed.add("types")


def _other_type(kind: str) -> str:
    return "decimal(38, 12)" if kind.startswith("decimal") else OTHER_TYPES.get(kind, kind)


def test_the_order_of_rows_changes_nothing(bench: Bench) -> None:
    rows = {key: found[::-1] for key, found in bench.rows().items()}
    mark(rows)
    with bench.rig.run(rows) as connection:
        bench.certified(connection)
    bench.findings.passed.add("order")
