-- The partners of record of a customer on the days on which something of it has no subscription to be
-- attributed by: deals that are not live yet, deals decided, invoice lines without a subscription. Only
-- associations with the whole customer say anything then; what they leave is direct.
with

asked as (
    select
        customer_id,
        month_end as on_date
    from {{ ref('int_growth__signed_deals') }}
    union
    select
        customer_id,
        close_date
    from {{ ref('int_growth__decided_upsells') }}
    union
    select
        customer_id,
        revenue_date
    from {{ ref('int_growth__invoiced_lines') }}
    where subscription_id is null
),

associations as (
    select
        *,
        coalesce({{ local_date('valid_from_at') }}, cast('1900-01-01' as date)) as from_date,
        coalesce({{ local_date('valid_to_at') }}, {{ open_end() }}) as to_date
    from {{ ref('input_partner_associations') }}
    where is_of_record and split_percent > 0 and subscription_id is null
),

-- shares that would pass 100 percent are not kept: what was recorded first stays
in_force as (
    select
        asked.customer_id,
        asked.on_date,
        associations.partner_id,
        associations.split_percent,
        sum(associations.split_percent) over (
            partition by asked.customer_id, asked.on_date
            order by associations.recorded_at, associations.association_id
            rows between unbounded preceding and current row
        ) <= 100 as is_kept
    from asked
    inner join associations
        on
            asked.customer_id = associations.customer_id
            and asked.on_date >= associations.from_date
            and asked.on_date < associations.to_date
),

partner_shares as (
    select
        customer_id,
        on_date,
        partner_id,
        cast(sum(split_percent) * 0.01 as decimal(9, 6)) as share
    from in_force
    where is_kept
    group by customer_id, on_date, partner_id
),

members as (
    select * from partner_shares
    union all
    select
        asked.customer_id,
        asked.on_date,
        'direct' as partner_id,
        cast(1 - coalesce(sum(partner_shares.share), 0) as decimal(9, 6)) as share
    from asked
    left join partner_shares
        on asked.customer_id = partner_shares.customer_id and asked.on_date = partner_shares.on_date
    where asked.customer_id is not null
    group by asked.customer_id, asked.on_date
    having coalesce(sum(partner_shares.share), 0) < 1
)

select
    customer_id,
    partner_id,
    share,
    row_number() over (partition by customer_id, on_date order by share desc, partner_id asc) = 1 as takes_remainder,
    on_date
from members
