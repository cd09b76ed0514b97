"""Whether usage and certificates arrived, and stand in a proportion that they can have."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_enablement_monthly",
    title="Certified people and use of what was bought",
    description="All partners together, in open months.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(seats_bought) as bought,
                        sum(seats_used) as used,
                        sum(active_users) as active,
                        sum(certified_people) as certified
                    from certified.partner_enablement_monthly
                    group by month_start
                ),

                compared as (
                    select
                        *,
                        lag(bought) over (order by month_start) as bought_before,
                        lag(certified) over (order by month_start) as certified_before
                    from months
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    used / nullif(bought, 0) as adoption_rate,
                    active / nullif(bought, 0) as active_share,
                    case when bought_before >= 1000 then bought / bought_before - 1 end
                    as seats_change,
                    case when certified_before >= 20 then certified / certified_before - 1 end
                    as certified_change
                from compared
                where {OPEN_MONTHS}
            """,
            measures={
                "adoption_rate": "Seats used, of seats bought",
                "active_share": "Active users, of seats bought",
                "seats_change": "Change of seats bought in a month",
                "certified_change": "Change of certified people in a month",
            },
            if_empty="No month is open.",
        ),
        rows_compared("partner_enablement_monthly"),
    ),
)
