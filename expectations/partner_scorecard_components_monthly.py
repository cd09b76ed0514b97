"""Whether components measure something, and earn what their rules allow."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="partner_scorecard_components_monthly",
    title="What scores are made of",
    description=(
        "Each component that is scored, over ten partners or more, in open months from the second "
        "year on: many compare with a year before."
    ),
    frames=(
        Frame(
            sql=f"""
                select
                    program_id || ', ' || component_id || ', ' || strftime(month_start, '%Y-%m')
                    as subject,
                    avg((metric_value is null)::int) as without_value_share,
                    max(points / nullif(max_points, 0)) as highest_of_points,
                    min(points / nullif(max_points, 0)) as lowest_of_points
                from certified.partner_scorecard_components_monthly
                where
                    is_scored
                    and {OPEN_MONTHS}
                    and month_start >= (
                        select min(month_start) + interval 12 months
                        from certified.vendor_summary_monthly
                    )
                group by program_id, component_id, month_start
                having count(*) >= 10
            """,
            measures={
                "without_value_share": "Partners whose metric has no value, of all partners",
                "highest_of_points": "Most points earned, as part of the most there are",
                "lowest_of_points": "Fewest points earned, as part of the most there are",
            },
            if_empty="No component is scored for ten partners in an open month.",
        ),
    ),
)
