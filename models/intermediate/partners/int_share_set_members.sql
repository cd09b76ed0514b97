-- The partners and shares of each set; what they leave is direct. Shares sum to one. What rounding leaves
-- of an amount goes to the member with the largest share.
with

associations as (
    select * from {{ ref('int_subscriptions__associations') }}
    where is_kept
),

sets as (
    select * from {{ ref('int_subscriptions__share_sets') }}
),

examples as (
    -- one subscription and day stands for all with the same set
    select
        share_set_id,
        subscription_id,
        from_date
    from (
        select
            *,
            row_number() over (partition by share_set_id order by subscription_id, from_date) as example_number
        from sets
    ) as numbered
    where example_number = 1
),

partner_shares as (
    select
        examples.share_set_id,
        associations.partner_id,
        cast(sum(associations.split_percent) * 0.01 as decimal(9, 6)) as share
    from examples
    inner join associations
        on examples.subscription_id = associations.subscription_id and examples.from_date = associations.from_date
    group by examples.share_set_id, associations.partner_id
),

direct_rest as (
    select
        share_set_id,
        'direct' as partner_id,
        cast(1 - sum(share) as decimal(9, 6)) as share
    from partner_shares
    group by share_set_id
    having sum(share) < 1
),

members as (
    select * from partner_shares
    union all
    select * from direct_rest
    union all
    select
        'direct' as share_set_id,
        'direct' as partner_id,
        cast(1 as decimal(9, 6)) as share
)

select
    share_set_id,
    partner_id,
    share,
    row_number() over (partition by share_set_id order by share desc, partner_id asc) = 1 as takes_remainder,
    count(*) over (partition by share_set_id) as member_count
from members
