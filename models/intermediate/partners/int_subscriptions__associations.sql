-- Which associations of record stand on which subscription on which days, and whether each is kept. Shares
-- that would pass 100 percent are not: the association recorded first stays until somebody ends it.
with

associations as (
    select * from {{ ref('int_partner_associations__days') }}
    where is_of_record and split_percent > 0
),

subscriptions as (
    select * from {{ ref('input_subscriptions') }}
),

targeted as (
    select
        subscriptions.subscription_id as target_subscription_id,
        associations.*,
        1 as is_own
    from associations
    inner join subscriptions
        on associations.subscription_id = subscriptions.source_subscription_id
    where associations.from_date < associations.to_date
    union all
    select
        subscriptions.subscription_id as target_subscription_id,
        associations.*,
        0 as is_own
    from associations
    inner join subscriptions on associations.customer_id = subscriptions.customer_id
    where associations.subscription_id is null and associations.from_date < associations.to_date
),

boundaries as (
    select
        target_subscription_id,
        from_date as boundary_date
    from targeted
    union
    select
        target_subscription_id,
        to_date
    from targeted
),

slices as (
    select
        target_subscription_id,
        boundary_date as slice_from_date,
        lead(boundary_date) over (partition by target_subscription_id order by boundary_date) as slice_to_date
    from boundaries
),

in_force as (
    select
        slices.slice_from_date,
        slices.slice_to_date,
        targeted.*,
        max(targeted.is_own) over (
            partition by targeted.target_subscription_id, slices.slice_from_date
        ) as has_own
    from slices
    inner join targeted
        on
            slices.target_subscription_id = targeted.target_subscription_id
            and slices.slice_from_date >= targeted.from_date
            and slices.slice_from_date < targeted.to_date
    where slices.slice_to_date is not null
)

select
    target_subscription_id as subscription_id,
    association_id,
    partner_id,
    partner_role,
    split_percent,
    sum(split_percent) over (
        partition by target_subscription_id, slice_from_date
        order by recorded_at, association_id
        rows between unbounded preceding and current row
    ) <= 100 as is_kept,
    slice_from_date as from_date,
    slice_to_date as to_date
from in_force
where is_own = has_own
