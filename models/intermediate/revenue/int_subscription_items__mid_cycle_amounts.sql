-- What a full billing interval costs after a change within a period, where no list says it: for tiers and for prices
-- billed in another currency. Where the price stayed, the amount before in proportion to the quantity; else what was
-- billed for the rest of the period by the share of the period that it is.
with

states as (
    select * from {{ ref('int_subscription_items__billed_states') }}
),

prices as (
    select * from {{ ref('input_recurring_prices') }}
),

cut_periods as (
    select * from {{ ref('int_subscription_items__cut_periods') }}
),

placed as (
    select
        states.*,
        coalesce(cut_periods.full_amount_minor, states.amount_minor) as full_amount,
        {{ packages('prices', 'states.quantity') }} as packages,
        prices.currency as price_currency,
        {{ plus_intervals('states.period_ends_at', 'prices', '-1') }} as interval_started_at,
        states.evidence_rank = 3 and (not states.is_odd_length or cut_periods.full_amount_minor is not null) as is_full
    from states
    left join cut_periods
        on
            states.subscription_item_id = cut_periods.subscription_item_id
            and states.period_started_at = cut_periods.period_started_at
    left join prices on states.price_id = prices.price_id
),

numbered as (
    select
        *,
        sum(case when is_full then 1 else 0 end)
            over (item_order rows between unbounded preceding and current row) as regular_number,
        case
            when
                lead(is_full) over (item_order)
                and lead(price_id) over (item_order) = price_id
                and lead(currency) over (item_order) = currency
                and coalesce(lead(quantity) over (item_order), -1) = coalesce(quantity, -1)
                then lead(full_amount) over (item_order)
        end as next_amount
    from placed
    window item_order as (partition by subscription_item_id order by period_started_at)
),

-- the last full interval before each change
preceded as (
    select
        *,
        max(case when is_full then price_id end) over (since_regular) as last_price_id,
        max(case when is_full then currency end) over (since_regular) as last_currency,
        max(case when is_full then quantity end) over (since_regular) as last_quantity,
        max(case when is_full then packages end) over (since_regular) as last_packages,
        max(case when is_full then full_amount end) over (since_regular) as last_amount
    from numbered
    window since_regular as (partition by subscription_item_id, regular_number)
),

changes as (
    select
        *,
        {{ dbt.datediff('period_started_at', 'period_ends_at', 'second') }} as clock_part,
        {{ dbt.datediff('coalesce(regular_started_at, interval_started_at)', 'period_ends_at', 'second') }} as clock_whole
    from preceded
    where
        evidence_rank = 2
        and amount_minor > 0
        and period_ends_at > period_started_at
        and (is_tiered or currency <> price_currency)
),

-- the credit beside a change is for the same rest of the period: where it is another share than the clock's, so is the debit
judged as (
    select
        *,
        coalesce(
            taken_back_quantity = last_quantity and currency = last_currency and taken_back_amount_minor > 0
            and last_amount > 0
            and not {{ is_share_of('taken_back_amount_minor', 'last_amount', 'clock_part', 'clock_whole') }},
            false
        ) as is_share_of_credit
    from changes
),

shares as (
    select
        *,
        case when is_share_of_credit then taken_back_amount_minor else clock_part end as part,
        case when is_share_of_credit then last_amount else clock_whole end as whole
    from judged
),

derived as (
    select
        *,
        round({{ portion('amount_minor', 'whole', 'part', type_money()) }}, 0) as exact_amount,
        round({{ portion('amount_minor', 'whole', 'part', type_money()) }}, -2) as round_amount
    from shares
)

select
    subscription_item_id,
    -- rounding hides the last places: what the next invoice says, or a round amount, is meant where it explains the line
    cast(case
        when not is_tiered and price_id = last_price_id and currency = last_currency and last_packages > 0
            then round({{ portion('last_amount', 'packages', 'last_packages', type_money()) }}, 0)
        when {{ is_share_of('amount_minor', 'next_amount', 'part', 'whole') }} then next_amount
        when {{ is_share_of('amount_minor', 'round_amount', 'part', 'whole') }} then round_amount
        else exact_amount
    end as bigint) as full_amount_minor,
    period_started_at
from derived
