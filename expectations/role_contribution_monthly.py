"""Whether enough of what was kept and added can be credited to somebody."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="role_contribution_monthly",
    title="Kept and added MRR by role",
    description=(
        "The default rule, all partners together, in open months. Attribution says little where "
        "most customers have no touches, or where all of it goes to one role."
    ),
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(retained_mrr) as retained,
                        sum(case when role_id = 'none' then retained_mrr else 0 end) as nobodys,
                        sum(case when role_id <> 'none' then retained_mrr else 0 end) as somebodys
                    from certified.role_contribution_monthly
                    where is_default_rule
                    group by month_start
                ),

                roles as (
                    select
                        month_start,
                        max(of_role) as largest
                    from (
                        select
                            role_id,
                            month_start,
                            sum(retained_mrr) as of_role
                        from certified.role_contribution_monthly
                        where is_default_rule and role_id <> 'none'
                        group by role_id, month_start
                    )
                    group by month_start
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    nobodys / retained as untouched_share,
                    largest / nullif(somebodys, 0) as largest_role_share
                from months
                left join roles using (month_start)
                where retained > 0 and {OPEN_MONTHS}
            """,
            measures={
                "untouched_share": "Kept MRR of customers that nobody had to do with",
                "largest_role_share": "Kept MRR of the role with most, of that of all roles",
            },
            if_empty="Nothing was kept over twelve months.",
        ),
        rows_compared("role_contribution_monthly"),
    ),
)
