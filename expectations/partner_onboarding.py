"""Whether partners are still there, and their first steps come after they joined."""

from orchestration.suites import Frame, Suite, rows_lost

SUITE = Suite(
    table="partner_onboarding",
    title="Onboarding of partners",
    description="Days from joining stand on dates that people enter.",
    frames=(
        rows_lost(
            "partner_onboarding",
            ("partner_id",),
            "lost_partners",
            "Partners that were published and are not there any more",
        ),
        Frame(
            sql="""
                select
                    'the whole table' as subject,
                    avg((joined_on is null)::int) as joined_on_missing_share
                from certified.partner_onboarding
                having count(*) > 0
            """,
            measures={"joined_on_missing_share": "Partners without a day of joining"},
            if_empty="The table is empty.",
        ),
        Frame(
            sql="""
                select
                    'partners that sold' as subject,
                    avg((sale_null_reason is not distinct from 'before_joining')::int)
                        as sold_before_joining_share
                from certified.partner_onboarding
                where
                    first_sale_on is not null
                    and coalesce(sale_null_reason, '') not in
                        ('joined_before_data', 'join_date_unknown')
                having count(*) > 0
            """,
            measures={"sold_before_joining_share": "Partners that sold before they joined"},
            if_empty="No partner joined after the data begins.",
        ),
    ),
)
