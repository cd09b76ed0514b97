"""Whether partners are owed what a program can come to."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="partner_incentive_balances_monthly",
    title="Balances of partners",
    description="By program, in the last complete month.",
    frames=(
        Frame(
            sql="""
                select
                    program_id as subject,
                    count(*) filter (where closing_balance < 0) / count(*) as negative_share
                from certified.partner_incentive_balances_monthly
                where month_start = (select max(month_start) from certified.vendor_summary_monthly)
                group by program_id
                having count(*) >= 10
            """,
            measures={
                "negative_share": "Accounts that owe the vendor, of ten accounts or more",
            },
            if_empty="No program has ten accounts in the last complete month.",
        ),
    ),
)
