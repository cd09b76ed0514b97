"""Whether so much was held back that the figures speak for something else than the business."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="quarantine_summary",
    title="What was held back",
    description=(
        "Rows kept out of the figures, of all rows that landed. Sources are judged as a whole "
        "from 20 rows on, tables from 100."
    ),
    frames=(
        Frame(
            sql="""
                select
                    source_name as subject,
                    sum(quarantined_rows) / sum(landed_rows) as source_quarantined_share
                from landed.volumes
                group by source_name
                having sum(landed_rows) >= 20
            """,
            measures={"source_quarantined_share": "Rows held back, of a source's rows"},
            if_empty="No source has 20 rows.",
        ),
        Frame(
            sql="""
                select
                    source_name as subject,
                    sum(quarantined_rows) as small_source_quarantined_rows
                from landed.volumes
                group by source_name
                having sum(landed_rows) between 1 and 19
            """,
            measures={
                "small_source_quarantined_rows": "Rows held back of a source of fewer than 20 rows",
            },
            if_empty="No source has fewer than 20 rows.",
        ),
        Frame(
            sql="""
                select
                    source_name || '.' || table_name as subject,
                    sum(quarantined_rows) / max(table_landed_rows) as table_quarantined_share
                from certified.quarantine_summary
                group by source_name, table_name
                having max(table_landed_rows) >= 100
            """,
            measures={"table_quarantined_share": "Rows held back, of a table's rows"},
            if_empty="Nothing is held back in a table of 100 rows or more.",
        ),
        Frame(
            sql="""
                with now as (
                    select source_name, sum(quarantined_rows) / sum(landed_rows) as held
                    from landed.volumes
                    group by source_name
                    having sum(landed_rows) >= 20
                ),

                said as (
                    select source_name, sum(quarantined_rows) / sum(landed_rows) as held
                    from before.certificate_inputs
                    group by source_name
                    having sum(landed_rows) > 0
                )

                select
                    now.source_name as subject,
                    now.held - said.held as source_quarantined_change
                from now
                inner join said on now.source_name = said.source_name
            """,
            measures={
                "source_quarantined_change": (
                    "Rows held back, of a source's rows: more than in the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
        Frame(
            sql="""
                with problems as (
                    select distinct source_name, table_name, reason_code, column_name
                    from certified.quarantine_summary
                ),

                known as (
                    select distinct source_name, table_name, reason_code, column_name
                    from before.quarantine_summary
                )

                select
                    problems.source_name || '.' || problems.table_name as subject,
                    count(*) filter (where known.source_name is null) as new_problems
                from problems
                left join known using (source_name, table_name, reason_code, column_name)
                where (select count(*) from before.vendor_summary_monthly) > 0
                group by all
            """,
            measures={
                "new_problems": (
                    "Kinds of problem that a table did not have in the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
    of_inputs=True,
)
