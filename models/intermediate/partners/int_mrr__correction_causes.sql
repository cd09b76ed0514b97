-- What has come to light at a customer since the last closing that bears on closed months: the strongest cause,
-- which the customer's corrections then name. Without any, a row was changed in its source (source_fix).
with

closing_state as (
    select
        closed_inputs_as_of,
        first_open_month,
        cast(first_open_month as timestamp) as open_from_at
    from {{ ref('int_closing_state') }}
    where closed_inputs_as_of is not null
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

price_corrections as (
    select * from {{ ref('input_price_corrections') }}
),

invoice_lines as (
    select * from {{ ref('input_invoice_lines') }}
),

associations as (
    select * from {{ ref('input_partner_associations') }}
),

versions as (
    select * from {{ ref('input_subscription_versions') }}
),

intervals as (
    select * from {{ ref('int_mrr__intervals') }}
),

bridged_intervals as (
    select * from {{ ref('int_mrr__bridged_intervals') }}
),

credited as (
    select invoice_lines.subscription_id
    from price_corrections
    inner join invoice_lines on price_corrections.invoice_line_id = invoice_lines.invoice_line_id
    cross join closing_state
    where price_corrections.synced_at > closing_state.closed_inputs_as_of
),

-- recorded after the closing, dated before it
backdated_versions as (
    select versions.subscription_id
    from versions
    cross join closing_state
    where
        versions.version_started_at > closing_state.closed_inputs_as_of
        and versions.ended_at < closing_state.open_from_at
),

backdated_associations as (
    select
        associations.customer_id,
        associations.subscription_id
    from associations
    cross join closing_state
    where
        associations.recorded_at > closing_state.closed_inputs_as_of
        and (
            associations.valid_from_at < closing_state.open_from_at
            or associations.valid_to_at < closing_state.open_from_at
        )
),

-- an end in a closed month that a swap or late renewal of the open month turned out to bridge
bridged_gaps as (
    select distinct intervals.customer_id
    from intervals
    inner join bridged_intervals
        on
            intervals.subscription_item_id = bridged_intervals.subscription_item_id
            and (intervals.interval_number = bridged_intervals.interval_number or (intervals.is_last and bridged_intervals.is_remainder))
    cross join closing_state
    where
        intervals.to_date < closing_state.first_open_month
        and bridged_intervals.to_date >= closing_state.first_open_month
),

late_lines as (
    select distinct invoice_lines.subscription_id
    from invoice_lines
    cross join closing_state
    where
        invoice_lines.synced_at > closing_state.closed_inputs_as_of
        and invoice_lines.period_started_at < closing_state.open_from_at
),

by_subscription as (
    select
        subscription_id,
        1 as strength
    from credited
    union all
    select
        subscription_id,
        2 as strength
    from backdated_versions
    union all
    select
        subscription_id,
        3 as strength
    from late_lines
),

by_customer as (
    select
        subscriptions.customer_id,
        by_subscription.strength
    from by_subscription
    inner join subscriptions on by_subscription.subscription_id = subscriptions.subscription_id
    union all
    select
        subscriptions.customer_id,
        2 as strength
    from backdated_associations
    inner join subscriptions
        on backdated_associations.subscription_id = subscriptions.source_subscription_id
    union all
    select
        customer_id,
        2 as strength
    from backdated_associations
    where subscription_id is null
    union all
    select
        customer_id,
        2 as strength
    from bridged_gaps
)

select
    customer_id,
    case min(strength)
        when 1 then 'credit_note'
        when 2 then 'backdated'
        else 'late_data'
    end as reason
from by_customer
where customer_id is not null
group by customer_id
