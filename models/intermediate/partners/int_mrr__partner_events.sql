-- Every step of MRR and every transfer, allocated to partners: what the partner had of the item before and
-- has after. Amounts were converted before they are split here, so that the parts add up in both currencies
-- and a transfer nets to nothing.
with

events as (
    select * from {{ ref('int_mrr__reported_events') }}
),

-- of what the givers keep and the takers had before, nothing moves: it is there for the roundings of the parts
sides as (
    select
        events.*,
        events.share_set_before as share_set_id,
        events.mrr_before as native,
        events.reported_before as reported,
        'before' as side
    from events
    union all
    select
        events.*,
        events.share_set_after as share_set_id,
        events.mrr_after as native,
        events.reported_after as reported,
        'after' as side
    from events
    union all
    select
        events.*,
        events.share_set_before as share_set_id,
        events.given_after as native,
        events.reported_given_after as reported,
        'given_after' as side
    from events
    where events.given_after <> 0
    union all
    select
        events.*,
        events.share_set_after as share_set_id,
        events.taken_before as native,
        events.reported_taken_before as reported,
        'taken_before' as side
    from events
    where events.taken_before <> 0
),

allocated as (
    {{ allocate_to_partners('sides', ['subscription_item_id', 'change_date', 'step', 'movement', 'side'], ['native', 'reported']) }}
),

by_partner as (
    select
        customer_id,
        partner_id,
        product_id,
        currency,
        subscription_item_id,
        movement,
        reason,
        step,
        change_date,
        max(case when side = 'before' then 1 else 0 end) as was_member,
        max(case when side = 'after' then 1 else 0 end) as is_member,
        sum(case when side in ('before', 'taken_before') then partner_native else 0 end) as native_before,
        sum(case when side in ('after', 'given_after') then partner_native else 0 end) as native_after,
        sum(case when side in ('before', 'taken_before') then -partner_reported else partner_reported end) as amount
    from allocated
    group by
        customer_id, partner_id, product_id, currency, subscription_item_id, movement, reason, step, change_date
),

transfer_kinds as (
    select
        subscription_item_id,
        change_date,
        step,
        case when min(was_member * is_member) = 1 then 'split_change' else 'change_of_record' end as reason
    from by_partner
    where movement = 'transfer'
    group by subscription_item_id, change_date, step
)

select
    by_partner.customer_id,
    by_partner.partner_id,
    by_partner.product_id,
    by_partner.currency,
    by_partner.subscription_item_id,
    case
        when by_partner.movement <> 'transfer' then by_partner.movement
        when by_partner.native_after > by_partner.native_before then 'transfer_in'
        else 'transfer_out'
    end as movement,
    coalesce(by_partner.reason, transfer_kinds.reason) as reason,
    by_partner.step,
    cast(by_partner.native_before as decimal(18, 6)) as native_before,
    cast(by_partner.native_after as decimal(18, 6)) as native_after,
    cast(by_partner.amount as decimal(18, 6)) as amount,
    by_partner.change_date as movement_date
from by_partner
left join transfer_kinds
    on
        by_partner.subscription_item_id = transfer_kinds.subscription_item_id
        and by_partner.change_date = transfer_kinds.change_date
        and by_partner.step = transfer_kinds.step
where by_partner.native_before <> by_partner.native_after or (by_partner.movement = 'fx' and by_partner.amount <> 0)
