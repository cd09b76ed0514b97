"""Whether what programs pay on is told piece by piece, and is mostly a gain."""

from orchestration.suites import Frame, Suite

SUITE = Suite(
    table="incentive_base_lines",
    title="What payouts stand on",
    description="Pieces of each program's payouts.",
    frames=(
        Frame(
            sql="""
                select
                    program_id as subject,
                    avg((amount < 0)::int) as negative_share,
                    avg((customer_id is null)::int) as without_customer_share
                from certified.incentive_base_lines
                group by program_id
            """,
            measures={
                "negative_share": "Pieces that take something off, of all pieces",
                "without_customer_share": "Pieces of the partner as a whole, of all pieces",
            },
            if_empty="No program pays anything.",
        ),
    ),
)
