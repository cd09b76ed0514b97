-- The set of partners of record on each subscription, as intervals [from_date, to_date). A set is named by
-- its members and shares, so that the same partners on two subscriptions are the same set.
with

associations as (
    select * from {{ ref('int_subscriptions__associations') }}
),

by_partner as (
    select
        subscription_id,
        from_date,
        to_date,
        partner_id,
        sum(case when is_kept then split_percent else 0 end) as split_percent
    from associations
    group by subscription_id, from_date, to_date, partner_id
),

sets as (
    select
        subscription_id,
        {{ ordered_list(
            "partner_id || '=' || cast(cast(split_percent as decimal(9, 4)) as " ~ dbt.type_string() ~ ")",
            'partner_id'
        ) }} as share_set_id,
        from_date,
        to_date
    from by_partner
    where split_percent > 0
    group by subscription_id, from_date, to_date
)

select * from sets
