"""Whether every way in which people have to do with customers still arrives."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="customer_touches_monthly",
    title="Who had to do with customers",
    description=(
        "Touches come from the CRM and from support. One of them that stops makes customers look "
        "forgotten, and the other's people look as if they did everything."
    ),
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        role_id,
                        month_start,
                        sum(touches) as touches
                    from certified.customer_touches_monthly
                    group by role_id, month_start
                ),

                compared as (
                    select
                        *,
                        lag(touches) over (partition by role_id order by month_start)
                        as touches_before
                    from months
                )

                select
                    role_id || ' ' || strftime(month_start, '%Y-%m') as subject,
                    case when touches_before >= 50 then touches / touches_before - 1 end
                    as touches_change
                from compared
                where {OPEN_MONTHS}
            """,
            measures={"touches_change": "Change of a role's touches in a month"},
            if_empty="No role has fifty touches in a month.",
        ),
        rows_compared("customer_touches_monthly"),
    ),
)
