"""Whether tickets, schedules and ratings arrived, and say something that can be."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="support_service_monthly",
    title="What support gives to customers",
    description=(
        "All partners together, in open months. A schedule in the wrong time zone moves every "
        "minute, and ratings that did not arrive make support look silent."
    ),
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(tickets_asked) as asked,
                        sum(first_reply_minutes) as reply_minutes,
                        sum(first_reply_tickets) as replied,
                        sum(first_resolution_minutes) as resolution_minutes,
                        sum(first_resolution_tickets) as resolved,
                        sum(solved_tickets) as solved,
                        sum(reopened_tickets) as reopened,
                        sum(good_ratings) as good,
                        sum(rated_tickets) as rated
                    from certified.support_service_monthly
                    group by month_start
                ),

                compared as (
                    select *, lag(asked) over (order by month_start) as asked_before
                    from months
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    case when asked_before >= 30 then asked / asked_before - 1 end as asked_change,
                    case when replied >= 20 then reply_minutes / replied end as reply_minutes,
                    case when resolved >= 20 then resolution_minutes / resolved end
                    as resolution_minutes,
                    case when asked >= 30 then solved / asked end as solved_share,
                    case when solved >= 20 then reopened / solved end as reopen_rate,
                    case when rated >= 20 then good / rated end as satisfaction_rate
                from compared
                where {OPEN_MONTHS}
            """,
            measures={
                "asked_change": "Change of tickets asked in a month",
                "reply_minutes": "Mean business minutes to the first reply",
                "resolution_minutes": "Mean business minutes to the first solution",
                "solved_share": "Tickets solved, for each one asked",
                "reopen_rate": "Tickets reopened, of those solved",
                "satisfaction_rate": "Good ratings, of all ratings",
            },
            if_empty="No open month has twenty tickets.",
        ),
        rows_compared("support_service_monthly"),
    ),
)
