"""Whether payouts are explained by bands and by people who stand behind the rules."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="incentive_line_explanations",
    title="Why payouts are what they are",
    description="A payout that no band gave came of limits or funds only, which is rare.",
    frames=(
        Frame(
            sql="""
                select
                    program_id as subject,
                    avg((bands = 0)::int) as without_band_share,
                    avg(customers) as customers_per_payout
                from (
                    select
                        program_id,
                        count(*) filter (where step = 'band') as bands,
                        count(*) filter (where step = 'share') as customers
                    from certified.incentive_line_explanations
                    group by program_id, lever_id, partner_id, period_start, period_end
                )
                group by program_id
            """,
            measures={
                "without_band_share": "Payouts that no band gave, of all payouts",
                "customers_per_payout": "Customers that a payout falls to, on average",
            },
            if_empty="No program pays anything.",
        ),
    ),
)
