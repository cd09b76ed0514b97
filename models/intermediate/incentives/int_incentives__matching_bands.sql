-- The bands that a base may be paid by: of its variant, for no tier or one that the partner holds. `is_reached` is the one
-- that the qualifying value lies in; a band that starts at 0 also takes what is below, unless it pays a fixed amount.
with

bases as (
    select * from {{ ref('int_incentives__qualified_bases') }}
),

bands as (
    select * from {{ ref('int_incentives__period_bands') }}
),

held_tiers as (
    select * from {{ ref('int_incentives__tiers') }}
    where tier_id is not null
),

matched as (
    select
        bases.*,
        bands.band_order,
        bands.lower_bound,
        bands.upper_bound,
        bands.rate,
        bands.rate_before,
        bands.amount,
        bands.measure_cap,
        case when held_tiers.is_verified = false then 'illustrative' else bands.verification end as verification,
        -- the bands of a tier that is held come before those for anybody
        case when bands.tier_id is null then 0 else coalesce(held_tiers.tier_rank, 0) + 1 end as tier_order,
        bases.qualifying_value < 0 and bands.lower_bound = 0 and bases.is_own_measure
        and bases.rate_basis <> 'fixed_amount' as takes_negative
    from bases
    inner join bands
        on
            bases.program_version_id = bands.program_version_id
            and bases.lever_id = bands.lever_id
            and bases.period_start = bands.period_start
            and bases.variant_order = bands.variant_order
    left join held_tiers
        on
            bases.program_version_id = held_tiers.program_version_id
            and bands.tier_id = held_tiers.tier_id
            and bases.partner_id = held_tiers.partner_id
            and bases.last_month = held_tiers.month_start
    where bands.tier_id is null or held_tiers.tier_id is not null
),

-- one set of bands: those of the highest tier
ranked as (
    select
        *,
        rank() over (
            partition by program_version_id, lever_id, period_start, partner_id, variant_order
            order by tier_order desc
        ) as tier_choice
    from matched
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    verification,
    variant_order,
    band_order,
    lower_bound,
    upper_bound,
    rate,
    rate_before,
    amount,
    measure_cap,
    qualifying_value,
    takes_negative,
    takes_negative or (
        qualifying_value >= lower_bound and (upper_bound is null or qualifying_value < upper_bound)
    ) as is_reached,
    period_start
from ranked
where tier_choice = 1
