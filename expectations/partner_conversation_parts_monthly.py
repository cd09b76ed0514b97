"""Whether the parts of the conversation index tell partners apart."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_conversation_parts_monthly",
    title="Parts of the conversation index",
    description="A part that everybody or nobody earns says nothing, and weighs on the index.",
    frames=(
        Frame(
            sql=f"""
                select
                    part_name || ', ' || strftime(month_start, '%Y-%m') as subject,
                    avg((part_value >= full_at)::int) as full_points_share
                from certified.partner_conversation_parts_monthly
                where {OPEN_MONTHS}
                group by part_name, month_start
                having count(part_value) >= 20
            """,
            measures={"full_points_share": "Partners that earn all points of a part"},
            if_empty="No part has 20 partners to look at.",
        ),
        rows_compared("partner_conversation_parts_monthly"),
    ),
)
