"""Whether the sources of a component went silent."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="customer_health_components_monthly",
    title="Components of health",
    description="How many customers have a value, by component, in open months.",
    frames=(
        Frame(
            sql=f"""
                with parts as (
                    select
                        month_start,
                        component_id,
                        count(component_value) / count(*) as known
                    from certified.customer_health_components_monthly
                    group by month_start, component_id
                    having count(*) >= 50
                ),

                compared as (
                    select
                        *,
                        lag(known) over (partition by component_id order by month_start) as before
                    from parts
                )

                select
                    component_id || ' ' || strftime(month_start, '%Y-%m') as subject,
                    known - before as known_share_change
                from compared
                where before is not null and {OPEN_MONTHS}
            """,
            measures={"known_share_change": "Change of the share of customers with a value"},
            if_empty="No open month and the one before have fifty customers.",
        ),
        rows_compared("customer_health_components_monthly"),
    ),
)
