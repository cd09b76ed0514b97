"""Whether estimates stand on most customers, and do not jump because touches went missing."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="effect_estimates_monthly",
    title="What exposures do to retention and growth",
    description="Each exposure and outcome, by month.",
    frames=(
        Frame(
            sql="""
                select
                    exposure_id || ', ' || outcome_id || ', ' || strftime(month_start, '%Y-%m')
                    as subject,
                    (compared_exposed_units + compared_unexposed_units)
                    / (exposed_units + unexposed_units) as compared_share,
                    abs(difference) as difference_in_size,
                    abs(difference - crude_difference) as confounding_in_size
                from certified.effect_estimates_monthly
                where difference is not null
            """,
            measures={
                "compared_share": "Units that have somebody to be compared with, of all units",
                "difference_in_size": "Difference, up or down",
                "confounding_in_size": "Distance of the estimate from the crude difference",
            },
            if_empty="Nothing has enough data for an estimate.",
        ),
        Frame(
            sql="""
                with shares as (
                    select
                        exposure_id,
                        month_start,
                        max(exposed_units / (exposed_units + unexposed_units)) as exposed_share,
                        max(exposed_units + unexposed_units) as units
                    from certified.effect_estimates_monthly
                    group by exposure_id, month_start
                ),

                compared as (
                    select
                        *,
                        lag(exposed_share) over (partition by exposure_id order by month_start)
                        as share_before
                    from shares
                )

                select
                    exposure_id || ', ' || strftime(month_start, '%Y-%m') as subject,
                    exposed_share - share_before as exposed_share_change
                from compared
                where units >= 100
            """,
            measures={"exposed_share_change": "Change of the share of exposed units in a month"},
            if_empty="No study has 100 units in two months.",
        ),
        Frame(
            sql="""
                select
                    now.exposure_id || ', ' || now.outcome_id || ', '
                    || strftime(now.month_start, '%Y-%m') as subject,
                    abs(now.difference - said.difference) / nullif(said.standard_error, 0)
                    as restated_standard_errors
                from certified.effect_estimates_monthly as now
                inner join before.effect_estimates_monthly as said
                    on now.exposure_id = said.exposure_id
                    and now.outcome_id = said.outcome_id
                    and now.month_start = said.month_start
            """,
            measures={
                "restated_standard_errors": (
                    "Change of an estimate since the last publication, in standard errors"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
