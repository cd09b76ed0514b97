-- What each lever pays for each partner and period before accelerators, with the band and the rate that it is by. No band
-- is reached: nothing is paid, and the reason says why.
with

bases as (
    select * from {{ ref('int_incentives__qualified_bases') }}
),

bands as (
    select * from {{ ref('int_incentives__matching_bands') }}
),

exceptions as (
    select * from {{ ref('int_incentives__rate_exceptions') }}
),

-- each band's own part of the value; the cap of a band holds for its part
stepped as (
    select
        program_version_id,
        lever_id,
        partner_id,
        variant_order,
        period_start,
        sum({{ times(
            'case when takes_negative then qualifying_value else greatest(least(qualifying_value, '
            ~ 'coalesce(upper_bound, qualifying_value), lower_bound + coalesce(measure_cap, qualifying_value)) - lower_bound, 0) end',
            'coalesce(rate, 0)', type_money()
        ) }}) as stepped_amount
    from bands
    where qualifying_value >= 0 or takes_negative
    group by program_version_id, lever_id, partner_id, variant_order, period_start
),

reached as (
    select
        *,
        row_number() over (
            partition by program_version_id, lever_id, period_start, partner_id, variant_order order by band_order
        ) as choice
    from bands
    where is_reached
),

joined as (
    select
        bases.*,
        reached.band_order,
        reached.verification,
        reached.amount as band_amount,
        reached.band_order is not null as is_reached,
        case
            when bases.rate_basis = 'stepped' and bases.is_own_measure then bases.base_amount
            else least(bases.base_amount, coalesce(reached.measure_cap, bases.base_amount))
        end as paid_measure,
        stepped.stepped_amount,
        exceptions.value_override,
        exceptions.exception_id,
        case
            when bases.rate_basis = 'linear' and reached.upper_bound is not null
                then reached.rate_before + {{ signed_portion(
                    '(reached.rate - reached.rate_before)', 'greatest(bases.qualifying_value - reached.lower_bound, 0)',
                    '(reached.upper_bound - reached.lower_bound)'
                ) }}
            when bases.rate_basis in ('flat', 'slab', 'tier_lookup', 'target_attainment', 'linear', 'per_unit') then reached.rate
        end as band_rate
    from bases
    left join reached
        on
            bases.program_version_id = reached.program_version_id
            and bases.lever_id = reached.lever_id
            and bases.period_start = reached.period_start
            and bases.partner_id = reached.partner_id
            and bases.variant_order = reached.variant_order
            and reached.choice = 1
    left join stepped
        on
            bases.program_version_id = stepped.program_version_id
            and bases.lever_id = stepped.lever_id
            and bases.period_start = stepped.period_start
            and bases.partner_id = stepped.partner_id
            and bases.variant_order = stepped.variant_order
    left join exceptions
        on
            bases.program_version_id = exceptions.program_version_id
            and bases.lever_id = exceptions.lever_id
            and bases.period_start = exceptions.period_start
            and bases.partner_id = exceptions.partner_id
),

priced as (
    select
        *,
        -- an exception's value stands in for whatever the band says: a rate, or an amount
        case when rate_basis <> 'fixed_amount' then coalesce(value_override, band_rate) end as rate,
        case
            when rate_basis = 'fixed_amount' then coalesce(value_override, band_amount)
            when value_override is not null then {{ times('paid_measure', 'value_override', type_money()) }}
            when rate_basis = 'stepped' and is_own_measure then stepped_amount
            when rate_basis = 'stepped' then {{ signed_portion('paid_measure', 'stepped_amount', 'qualifying_value') }}
            when rate_basis = 'per_unit' then {{ times('paid_measure', 'coalesce(band_amount, band_rate)', type_money()) }}
            when band_rate is not null then {{ times('paid_measure', 'band_rate', type_money()) }}
            else band_amount
        end as rated_amount
    from joined
)

select
    program_id,
    program_version_id,
    lever_id,
    partner_id,
    exception_id,
    rate_basis,
    case
        when variant_order = 0 then 'no_rate_for_condition'
        when qualifying_value is null then 'no_qualifying_value'
        when not is_reached then 'no_band_reached'
        else 'rated'
    end as rate_reason,
    coalesce(verification, 'verified') as verification,
    variant_order,
    band_order,
    base_amount,
    paid_measure,
    qualifying_value,
    cast(rate as decimal(18, 6)) as rate,
    {{ money('case when is_reached then coalesce(rated_amount, 0) else 0 end') }} as amount,
    -- a rate falls on each customer's own base; an amount is shared among them
    rate_basis <> 'fixed_amount' and (rate is not null or rate_basis in ('stepped', 'per_unit')) as is_proportional,
    period_start
from priced
