"""How far what is known today is from what was certified, for the whole channel."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="vendor_summary_monthly_restated",
    title="MRR of the whole channel, as known today",
    description="Closed months keep their figure; this is the distance to what is known today.",
    frames=(
        Frame(
            sql="""
                select
                    strftime(month_start, '%Y-%m') as subject,
                    restatement / nullif(certified_closing_mrr, 0) as restatement_share
                from certified.vendor_summary_monthly_restated
                where month_start <= (select max(month_start) from certified.closed_months)
            """,
            measures={"restatement_share": "Difference to certified MRR, of certified MRR"},
            if_empty="No month is closed, so nothing can be restated.",
        ),
    ),
)
