"""Whether rewards and contribution can be held against each other."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="reward_gap_monthly",
    title="Reward beside contribution, by role",
    description=(
        "The default rule, in open months. Shares of twelve months move slowly; a jump is lines "
        "or touches that did not arrive."
    ),
    frames=(
        Frame(
            sql=f"""
                with compared as (
                    select
                        *,
                        lag(contribution_share) over (partition by role_id order by month_start)
                        as contribution_before,
                        lag(reward_share) over (partition by role_id order by month_start)
                        as reward_before
                    from certified.reward_gap_monthly
                    where is_default_rule
                )

                select
                    role_id || ' ' || strftime(month_start, '%Y-%m') as subject,
                    contribution_share - contribution_before as contribution_share_change,
                    reward_share - reward_before as reward_share_change
                from compared
                where {OPEN_MONTHS}
            """,
            measures={
                "contribution_share_change": "Change of a role's share of contribution in a month",
                "reward_share_change": "Change of its share of reward in a month",
            },
            if_empty="No open month looks back on two years.",
        ),
        rows_compared("reward_gap_monthly"),
    ),
)
