"""Whether what became of opportunities can be so."""

from orchestration.suites import Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_opportunity_outcomes",
    title="What became of opportunities",
    description="By kind, of those whose time to answer is over.",
    frames=(
        Frame(
            sql="""
                select
                    kind as subject,
                    avg(is_accepted::int) as accepted_share,
                    avg(is_won::int) as won_of_decided_share
                from certified.partner_opportunity_outcomes
                where is_over
                group by kind
                having count(*) >= 50
            """,
            measures={
                "accepted_share": "Opportunities that a deal took up, of those whose time is over",
                "won_of_decided_share": "Deals won, of those decided",
            },
            if_empty="The time of fifty opportunities of one kind is not over yet.",
        ),
        rows_compared("partner_opportunity_outcomes"),
    ),
)
