-- Every step of MRR and every transfer, allocated to partners: what the partner had of the item before and
-- has after. Amounts were converted before they are split here, so that the parts add up in both currencies
-- and a transfer nets to nothing.
with

events as (
    select * from {{ ref('int_mrr__reported_events') }}
),

sides as (
    select
        events.*,
        events.share_set_before as share_set_id,
        events.mrr_before as native,
        events.reported_before as reported,
        1 as is_before
    from events
    union all
    select
        events.*,
        events.share_set_after as share_set_id,
        events.mrr_after as native,
        events.reported_after as reported,
        0 as is_before
    from events
),

allocated as (
    {{ allocate_to_partners('sides', ['subscription_item_id', 'change_date', 'step', 'is_before'], ['native', 'reported']) }}
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
        max(case when is_before = 1 then 1 else 0 end) as was_member,
        max(case when is_before = 0 then 1 else 0 end) as is_member,
        sum(case when is_before = 1 then partner_native else 0 end) as native_before,
        sum(case when is_before = 0 then partner_native else 0 end) as native_after,
        sum(case when is_before = 1 then -partner_reported else partner_reported end) as amount
    from allocated
    group by
        customer_id, partner_id, product_id, currency, subscription_item_id, movement, reason, step, change_date
),

transfer_kinds as (
    select
        subscription_item_id,
        change_date,
        case when min(was_member * is_member) = 1 then 'split_change' else 'change_of_record' end as reason
    from by_partner
    where movement = 'transfer'
    group by subscription_item_id, change_date
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
where by_partner.native_before <> by_partner.native_after
