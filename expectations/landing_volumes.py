"""Whether the extracts arrived whole and fresh, and were read. Freshness is measured against the
moment that the data speaks for, never against the clock, so that the same data is judged the same
on every day."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="landing_volumes",
    title="What came in",
    description=(
        "Rows of every source table against the last publication, for tables that had 100 rows or "
        "more; how far each source lags behind the billing data that months end by; and whether "
        "columns that figures need are empty or stand under another name."
    ),
    frames=(
        Frame(
            sql="""
                select
                    volumes.source_name as subject,
                    date_diff('minute', max(volumes.newest_at), max(as_of.as_of_at)) / 60
                        as lag_hours
                from landed.volumes as volumes
                cross join intermediate.int_as_of as as_of
                group by volumes.source_name
                having max(volumes.newest_at) is not null
            """,
            measures={
                "lag_hours": "Hours from a source's newest delivery to the newest billing data",
            },
            if_empty="No row says when it was delivered.",
        ),
        Frame(
            sql="""
                select
                    'exchange_rates' as subject,
                    date_diff('day', max(rates.rate_date), max(as_of.as_of_date)) as rate_age_days
                from input.input_exchange_rates as rates
                cross join intermediate.int_as_of as as_of
            """,
            measures={"rate_age_days": "Age of the newest exchange rate, in days"},
            if_empty="There are no exchange rates.",
        ),
        Frame(
            sql="""
                select
                    source_name || '.' || table_name as subject,
                    superseded_rows / landed_rows as superseded_share
                from landed.volumes
                where landed_rows >= 100
            """,
            measures={"superseded_share": "Repeated, older and deleted rows, of a table's rows"},
            if_empty="No table has 100 rows.",
        ),
        Frame(
            sql="""
                select
                    now.source_name || '.' || now.table_name as subject,
                    now.landed_rows / said.landed_rows - 1 as landed_rows_change
                from landed.volumes as now
                inner join before.certificate_inputs as said
                    on now.source_name = said.source_name and now.table_name = said.table_name
                where said.landed_rows >= 100
            """,
            measures={
                "landed_rows_change": "Change of a table's rows since the last publication",
            },
            if_empty=NOTHING_BEFORE,
        ),
        Frame(
            sql="""
                select
                    now.source_name as subject,
                    date_diff('minute', max(said.newest_at), max(now.newest_at)) / 60
                        as newer_by_hours
                from landed.volumes as now
                inner join before.certificate_inputs as said
                    on now.source_name = said.source_name and now.table_name = said.table_name
                group by now.source_name
                having count(said.newest_at) > 0 and count(now.newest_at) > 0
            """,
            measures={
                "newer_by_hours": (
                    "Hours that a source's newest delivery is later than in the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
        Frame(
            sql="""
                select
                    volumes.source_name || '.' || volumes.table_name as subject,
                    count(*) filter (where found.kind = 'empty' and found.weight = 'doubt')
                        as needed_columns_empty,
                    count(*) filter (where found.kind = 'empty' and found.weight = 'note')
                        as useful_columns_empty,
                    count(*) filter (where found.kind = 'renamed') as columns_not_read
                from landed.volumes as volumes
                left join landed.findings as found
                    on
                        volumes.source_name = found.source_name
                        and volumes.table_name = found.table_name
                where volumes.landed_rows > 0
                group by all
            """,
            measures={
                "needed_columns_empty": "Columns that figures stand on, and no row fills",
                "useful_columns_empty": "Columns that figures are split by, and no row fills",
                "columns_not_read": "Columns that look like one of the contract's, and are not",
            },
            if_empty="No row landed.",
        ),
    ),
    of_inputs=True,
)
