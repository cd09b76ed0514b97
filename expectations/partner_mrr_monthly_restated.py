"""How far what is known today is from what was certified, partner by partner."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="partner_mrr_monthly_restated",
    title="MRR of each partner, as known today",
    description=(
        "Closed months keep the figure that partners were paid on. The distance to what is known "
        "today is what corrections will still move between partners."
    ),
    frames=(
        Frame(
            sql="""
                select
                    strftime(month_start, '%Y-%m') as subject,
                    sum(abs(restatement)) / nullif(sum(certified_closing_mrr), 0)
                        as misattributed_share
                from certified.partner_mrr_monthly_restated
                where month_start <= (select max(month_start) from certified.closed_months)
                group by month_start
            """,
            measures={
                "misattributed_share": (
                    "Differences of all partners to their certified MRR, of certified MRR"
                ),
            },
            if_empty="No month is closed, so nothing can be restated.",
        ),
    ),
)
