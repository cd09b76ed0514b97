"""Whether the learning system's courses and enrolments arrived."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_learning_monthly",
    title="Courses of partners' people",
    description="All partners together, in open months with 50 enrolments in twelve months.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(enrolled_12_months) as enrolled,
                        sum(completed_12_months) as completed,
                        sum(certificates) as certificates,
                        sum(lapsing_certificates) as lapsing
                    from certified.partner_learning_monthly
                    group by month_start
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    completed / enrolled as completion_rate,
                    case when row_number() over (order by month_start) > 13
                        then enrolled / nullif(lag(enrolled) over (order by month_start), 0) - 1
                    end as enrolled_change,
                    case when certificates >= 20 then lapsing / certificates end as lapsing_share
                from months
                where enrolled >= 50 and {OPEN_MONTHS}
            """,
            measures={
                "completion_rate": "Enrolments of twelve months that were finished",
                "enrolled_change": "Change of enrolments of twelve months, after a year",
                "lapsing_share": "Certificates that lapse within 90 days",
            },
            if_empty="No open month has 50 enrolments in twelve months.",
        ),
        rows_compared("partner_learning_monthly"),
    ),
)
