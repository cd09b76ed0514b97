-- What came up for renewal and what of it was renewed, by partner: once by the partners of record on the last day of the
-- term, the incumbents, and once by those of the day of renewal. Renewed is at most what there was; what is more is
-- expansion. Everything at the rate of the month in which the term ended.
with

terms as (
    select
        *,
        {{ month_of('term_end') }} as term_month
    from {{ ref('int_incentives__terms') }}
),

stock as (
    select * from {{ ref('int_mrr__partner_stock') }}
),

starts as (
    select
        subscription_item_id,
        min(from_date) as first_date
    from stock
    group by subscription_item_id
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

roles as (
    select * from {{ ref('int_partners__customer_roles') }}
),

held as (
    select
        terms.term_id,
        'term_end' as credited_by,
        stock.partner_id,
        stock.currency,
        stock.native_mrr,
        terms.term_month
    from terms
    inner join stock
        on
            terms.subscription_item_id = stock.subscription_item_id
            and terms.term_end > stock.from_date
            and terms.term_end <= stock.to_date
    union all
    -- the item itself, or what was taken in its place
    select
        terms.term_id,
        'renewal' as credited_by,
        stock.partner_id,
        stock.currency,
        stock.native_mrr,
        terms.term_month
    from terms
    inner join stock
        on
            terms.customer_id = stock.customer_id
            and terms.product_id = stock.product_id
            and terms.renewed_on >= stock.from_date
            and terms.renewed_on < stock.to_date
    inner join starts on stock.subscription_item_id = starts.subscription_item_id
    where
        stock.subscription_item_id = terms.subscription_item_id
        or starts.first_date >= {{ dbt.dateadd('day', -var('renewal_days_before'), 'terms.term_end') }}
),

valued as (
    select
        held.term_id,
        held.credited_by,
        held.partner_id,
        sum({{ in_reporting_currency('held.native_mrr', 'rates', type_money()) }}) as mrr
    from held
    inner join rates on held.currency = rates.currency and held.term_month = rates.month_start
    group by held.term_id, held.credited_by, held.partner_id
    having sum(held.native_mrr) > 0
),

totals as (
    select
        term_id,
        sum(case when credited_by = 'term_end' then mrr else 0 end) as due_total,
        sum(case when credited_by = 'renewal' then mrr else 0 end) as renewal_total
    from valued
    group by term_id
),

shared as (
    select
        valued.*,
        least(totals.due_total, totals.renewal_total) as renewed_total,
        {{ portion(
            'least(totals.due_total, totals.renewal_total)',
            'valued.mrr',
            'sum(valued.mrr) over (partition by valued.term_id, valued.credited_by)',
            type_money()
        ) }} as part,
        row_number() over (
            partition by valued.term_id, valued.credited_by order by valued.mrr desc, valued.partner_id asc
        ) = 1 as takes_remainder
    from valued
    inner join totals on valued.term_id = totals.term_id
)

select
    terms.term_id,
    shared.credited_by,
    shared.partner_id,
    terms.customer_id,
    terms.product_id,
    coalesce(roles.partner_role, 'direct') as partner_role,
    {{ money("case when shared.credited_by = 'term_end' then shared.mrr end") }} as due_mrr,
    {{ money("case
        when shared.takes_remainder
            then shared.renewed_total - sum(case when shared.takes_remainder then 0 else shared.part end)
                over (partition by shared.term_id, shared.credited_by)
        else shared.part
    end") }} as renewed_mrr,
    {{ dbt.datediff('terms.term_end', 'terms.renewed_on', 'day') }} as days_late,
    terms.term_end,
    terms.renewed_on,
    terms.term_month
from shared
inner join terms on shared.term_id = terms.term_id
left join roles on shared.partner_id = roles.partner_id and terms.customer_id = roles.customer_id
