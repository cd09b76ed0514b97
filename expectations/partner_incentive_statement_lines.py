"""Whether what partners are owed moves like a program's cost does."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="partner_incentive_statement_lines",
    title="Lines of partners' statements",
    description="By program: the months of the last year, and everything since the last version.",
    frames=(
        Frame(
            sql="""
                select
                    program_id || ', ' || strftime(posted_period, '%Y-%m') as subject,
                    coalesce(sum(abs(amount)) filter (where entry = 'adjusted'), 0)
                    / nullif(sum(abs(amount)), 0) as adjusted_share,
                    coalesce(sum(abs(amount)) filter (where payee_id = 'unassigned'), 0)
                    / nullif(sum(abs(amount)), 0) as unassigned_share
                from certified.partner_incentive_statement_lines
                where
                    is_complete
                    and posted_period > (
                        select max(month_start) - interval 12 months
                        from certified.vendor_summary_monthly
                    )
                group by program_id, posted_period
            """,
            measures={
                "adjusted_share": "Adjusted to closed months, of all that counts in the month",
                "unassigned_share": "Owed to nobody who is known, of all that counts in the month",
            },
            if_empty="No program owes anything in the last year.",
        ),
        Frame(
            sql="""
                select
                    'posted lines' as subject,
                    count(*) filter (
                        where now.statement_line_id is null
                        or now.amount <> said.amount
                        or now.event_sequence is distinct from said.event_sequence
                    ) as changed_postings
                from before.partner_incentive_statement_lines as said
                left join certified.partner_incentive_statement_lines as now
                    on said.statement_line_id = now.statement_line_id
                where said.event_sequence is not null
                having count(*) > 0
            """,
            measures={
                "changed_postings": "Posted lines that are gone, or differ from what was said"
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
