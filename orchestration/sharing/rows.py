"""Whose row is it: reads each shared table of the published file once, ordered by partner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.errors import PartnerMetricsError
from orchestration.raw_sources import literal, quote
from orchestration.sharing.policy import IN_SERVICE, LAST, MASK, OWN, OWN_MRR, Policy, SharedFile
from orchestration.sharing.reading import DIRECT, Partner, published_types

OWNER = "__partner"
BATCH_ROWS = 100_000
EMAIL = r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:.]+"
NO_EMAIL = "(e-mail address left out)"
NOBODY = "unassigned"
LOOKS_LIKE_AN_ID = (
    "length(partners.partner_id) >= 6 and regexp_matches(partners.partner_id, '[A-Za-z]') "
    "and regexp_matches(partners.partner_id, '[0-9]')"
)
# Who is of record with whom: by certified MRR at the end of a month, and by what moved within it,
# where `mrr` is empty. Rows hold until the next month in which anything is known of the customer,
# so that the last partner before a month can be found too.
SQL_OF_SERVICE = f"""
    create temp table service as
    with
    known as (
        select customer_id, partner_id, month_start, mrr from certified.customer_mrr_monthly
        union all
        select customer_id, partner_id, month_start, null as mrr
        from certified.customer_mrr_movements
        where movement <> 'correction'
    ),
    credited as (
        select customer_id, partner_id, month_start, sum(mrr) as mrr
        from known
        group by all
    ),
    months as (
        select
            customer_id,
            month_start,
            lead(month_start) over (partition by customer_id order by month_start) as next_month
        from (select distinct customer_id, month_start from credited)
    )
    select credited.*, months.next_month
    from credited
    inner join months using (customer_id, month_start)
    where credited.partner_id <> '{DIRECT}'
"""


@dataclass(frozen=True)
class Rows:
    """The rows of a file, ready to be read.

    `withheld` are rows with a partner's id that the rule of the policy holds back.
    """

    file: SharedFile
    relation: str
    columns: list[str]
    rows: int
    withheld: int


def prepare(connection: duckdb.DuckDBPyConnection, partners: list[Partner]) -> None:
    """Put beside the published tables who gets files, and who is of record with whom."""
    connection.execute("create temp table recipients (partner_id varchar primary key)")
    connection.execute(
        "insert into recipients select unnest($1)", [[one.partner_id for one in partners]]
    )
    connection.execute(SQL_OF_SERVICE)


def take(
    connection: duckdb.DuckDBPyConnection, policy: Policy, file: SharedFile, key: bytes
) -> Rows:
    """Take the rows of all partners out of one table, as the policy says.

    Raises PartnerMetricsError when a cell names another partner by its id.
    """
    types = published_types(connection)
    relation = quote(f"shared_{file.name}")
    connection.execute(
        f"create temp table {relation} as {_sql(policy, file, types)}", _values(file, key)
    )
    _require_nobody_else(connection, file, relation)
    (rows,) = connection.execute(f"select count(*) from {relation}").fetchone() or (0,)
    withheld = 0
    if file.rows != OWN and "partner_id" in types[file.table]:
        (own,) = connection.execute(
            f"select count(*) from certified.{quote(file.table)} as t "
            f"where partner_id in (from recipients) and {_only(file)}"
        ).fetchone() or (0,)
        withheld = own - rows
    columns = [row[0] for row in connection.execute(f"describe {relation}").fetchall()]
    return Rows(file, relation, columns[1:], rows, withheld)


def by_partner(
    connection: duckdb.DuckDBPyConnection, rows: Rows, partners: list[Partner]
) -> Iterator[pa.Table]:
    """The rows of each partner, in the order of `partners`; an empty table where it has none."""
    first = ", ".join(map(quote, (OWNER, *rows.file.order)))
    ordered = f"from {rows.relation} order by {first}, {', '.join(map(quote, rows.columns))}"
    reader = connection.execute(ordered).fetch_record_batch(BATCH_ROWS)
    schema = reader.schema.remove(0)
    runs = _runs(reader)
    owner, held = next(runs, (None, []))
    for partner in partners:
        if owner == partner.partner_id:
            yield pa.Table.from_batches(held, schema)
            owner, held = next(runs, (None, []))
        else:
            yield schema.empty_table()
    if owner is not None:
        raise PartnerMetricsError(f"Rows of {owner} belong to nobody who was asked for.")


def _runs(reader: pa.RecordBatchReader) -> Iterator[tuple[str, list[pa.RecordBatch]]]:
    """The pieces of each owner, whose id is in the first column; rows come ordered by it."""
    owner: str | None = None
    held: list[pa.RecordBatch] = []
    for batch in reader:
        runs, start = pc.run_end_encode(batch.column(0)), 0
        rest = batch.drop_columns([OWNER])
        for partner, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
            if partner != owner and owner is not None:
                yield owner, held
                held = []
            owner = partner
            held.append(rest.slice(start, end - start))
            start = end
    if owner is not None:
        yield owner, held


def _sql(policy: Policy, file: SharedFile, types: dict[str, dict[str, str]]) -> str:
    """One query for all partners; its first column says whose row it is."""
    columns, joins = [], []
    given = file.given(types[file.table])
    has_partner = "partner_id" in types[file.table]
    owner = "t.partner_id" if has_partner else "service.partner_id"
    for name, treatment in given.items():
        expression = f"t.{quote(name)}"
        if treatment.kind == MASK:
            expression = _pseudonym(expression, owner)
        if treatment.kind == OWN_MRR:
            expression = f"cast(service.mrr as {types[file.table][name]})"
        columns.append(f"{_without_emails(expression, types[file.table][name])} as {quote(name)}")
        if (named := policy.names.get(name)) and named.column not in given:
            alias = quote(f"name_{name}")
            joins.append(
                f"left join certified.{quote(named.table)} as {alias} "
                f"on t.{quote(name)} = {alias}.{quote(name)}"
            )
            text = _without_emails(f"{alias}.{quote(named.column)}", "VARCHAR")
            columns.append(f"{text} as {quote(named.column)}")
    return (
        f"select {owner} as {quote(OWNER)}, {', '.join(columns)} "
        f"from certified.{quote(file.table)} as t {_service(file, has_partner)} {' '.join(joins)} "
        f"where {owner} in (from recipients) and {_only(file)}{_rule(file)}"
    )


def _service(file: SharedFile, has_partner: bool) -> str:
    """The join that says who was of record with a row's customer in its month."""
    if file.rows == OWN:
        return ""
    same = " and service.partner_id = t.partner_id" if has_partner else ""
    month = "service.month_start = t.month_start and service.mrr is not null"
    if file.rows == LAST:
        month = (
            "t.month_start >= service.month_start "
            "and t.month_start < coalesce(service.next_month, date '9999-12-31')"
        )
    return f"left join service on service.customer_id = t.customer_id{same} and {month}"


def _rule(file: SharedFile) -> str:
    if file.rows == IN_SERVICE:
        return " and service.customer_id is not null"
    if file.rows == LAST:
        return " and (service.customer_id is not null or t.customer_id is null)"
    return ""


def _only(file: SharedFile) -> str:
    """The rows of the table that may be given at all, to whomever they belong."""
    tests = [
        f"t.{quote(column)} in ({', '.join(map(literal, values))})"
        for column, values in file.only.items()
    ]
    if file.months:
        tests.append(
            f"t.month_start > (select max(month_start) - interval {file.months} month "
            f"from certified.{quote(file.table)})"
        )
    return " and ".join(tests) or "true"


def _pseudonym(expression: str, owner: str) -> str:
    """A keyed hash, so that who knows all ids cannot tell which one it is; the partner stays."""
    hashed = f"sha256($key || sha256($key || {owner} || chr(10) || {expression}))"
    return (
        f"case when {expression} in ({owner}, '{NOBODY}') then {expression} "
        f"else 'person_' || left({hashed}, 16) end"
    )


def _values(file: SharedFile, key: bytes) -> dict[str, str]:
    is_masked = any(treatment.kind == MASK for treatment in file.columns.values())
    return {"key": key.hex()} if is_masked else {}


def _without_emails(expression: str, data_type: str) -> str:
    if data_type != "VARCHAR":
        return expression
    return f"regexp_replace({expression}, {literal(EMAIL)}, {literal(NO_EMAIL)}, 'g')"


def _require_nobody_else(
    connection: duckdb.DuckDBPyConnection, file: SharedFile, relation: str
) -> None:
    """Raise PartnerMetricsError when a text names a partner whose row it is not, by its id.

    Reads each different text of a partner once, and looks its words up among the partners' ids;
    an id that could be a word or a number is not looked for.
    """
    texts = [
        name
        for name, data_type, *_ in connection.execute(f"describe {relation}").fetchall()
        if data_type == "VARCHAR" and name != OWNER
    ]
    for name in texts:
        found = connection.execute(
            f"""
            with texts as (
                select distinct {quote(OWNER)} as owner, {quote(name)} as text from {relation}
            ),
            words as (
                select owner, unnest([text] || regexp_extract_all(text, '[\\w-]+')) as word
                from texts
            )
            select words.owner, partners.partner_id
            from words
            inner join certified.partners on lower(words.word) = lower(partners.partner_id)
            where words.owner <> partners.partner_id and {LOOKS_LIKE_AN_ID}
            order by all
            limit 1
            """
        ).fetchone()
        if found:
            raise PartnerMetricsError(
                f"Nothing was shared: in {file.table}, {name} of a row of {found[0]} names "
                f"{found[1]}. Drop the column in policy.yml, or mend what writes the text."
            )
