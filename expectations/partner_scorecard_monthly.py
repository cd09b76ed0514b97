"""Whether scores and tiers move like partners do, and not like data that did not arrive."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="partner_scorecard_monthly",
    title="Scores and tiers of partners",
    description="Each track of a program with ten partners or more, in open months.",
    frames=(
        Frame(
            sql=f"""
                with moves as (
                    select
                        *,
                        lag(tier_rank) over (
                            partition by program_id, track, partner_id order by month_start
                        ) as rank_before
                    from certified.partner_scorecard_monthly
                )

                select
                    program_id || ', ' || track || ', ' || strftime(month_start, '%Y-%m')
                    as subject,
                    case
                        when count(rank_before) >= 10
                            then avg((coalesce(tier_rank, -1) < rank_before)::int)
                    end as demoted_share,
                    count(*) filter (where score_null_reason = 'nothing_scored') / count(*)
                    as unscored_share,
                    max(score / scale) as highest_of_scale,
                    min(score / scale) as lowest_of_scale
                from moves
                where {OPEN_MONTHS}
                group by program_id, track, month_start
                having count(*) >= 10
            """,
            measures={
                "demoted_share": "Partners that lost a tier in the month, of those that held one",
                "unscored_share": "Partners whose scorecard has nothing scored, of all partners",
                "highest_of_scale": "Highest score, as part of its scale",
                "lowest_of_scale": "Lowest score, as part of its scale",
            },
            if_empty="No track has ten partners in an open month.",
        ),
        Frame(
            sql=f"""
                select
                    now.program_id || ', ' || now.track || ', '
                    || strftime(now.month_start, '%Y-%m') as subject,
                    avg((now.tier_id is distinct from said.tier_id)::int) as restated_tier_share
                from certified.partner_scorecard_monthly as now
                inner join before.partner_scorecard_monthly as said
                    on
                        now.program_id = said.program_id
                        and now.track = said.track
                        and now.partner_id = said.partner_id
                        and now.month_start = said.month_start
                where now.{OPEN_MONTHS}
                group by now.program_id, now.track, now.month_start
                having count(*) >= 10
            """,
            measures={
                "restated_tier_share": (
                    "Partners whose tier of a month changed since the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
