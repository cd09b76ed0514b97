"""Whether partners have revenue."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="partner_mrr_monthly",
    title="Partners' months",
    description="Revenue of each partner.",
    frames=(
        Frame(
            sql="select partner_name as subject, closing_mrr from certified.partner_mrr_monthly",
            measures={"closing_mrr": "Closing MRR"},
            if_empty="There is no partner.",
        ),
        Frame(
            sql="""
                select now.partner_name as subject, now.closing_mrr - said.closing_mrr as more_mrr
                from certified.partner_mrr_monthly as now
                inner join before.partner_mrr_monthly as said using (partner_id, month_start)
            """,
            measures={"more_mrr": "Closing MRR above that of the last publication"},
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
