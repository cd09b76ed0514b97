-- What is paid for, over twelve months: all payees together, partners with their staff, and the vendor's own people. One row a
-- measure and month.
{%- set measures = {
    'payout_share_lasting_value': ['all', 'lasting_value_payout'],
    'payout_share_direct_revenue': ['all', 'direct_revenue_payout'],
    'payout_share_unclassified': ['all', 'unclassified_payout'],
    'payout_share_lasting_value_partners': ['partners', 'lasting_value_payout'],
    'payout_share_lasting_value_own_people': ['own_people', 'lasting_value_payout'],
} %}
with

payouts as (
    select * from {{ ref('program_payouts_monthly') }}
),

months as (
    select
        month_start,
        row_number() over (order by month_start) as months_so_far
    from {{ ref('int_months') }}
),

scoped as (
    select
        'all' as scope,
        payouts.*
    from payouts
    union all
    select
        case when payee_kind in ('company', 'partner_staff') then 'partners' else 'own_people' end as scope,
        payouts.*
    from payouts
),

scopes as (
    select 'all' as scope
    union all
    select 'partners' as scope
    union all
    select 'own_people' as scope
),

windows as (
    select
        scopes.scope,
        {%- for column in ['lasting_value_payout', 'direct_revenue_payout', 'unclassified_payout', 'payout'] %}
            coalesce(sum(scoped.{{ column }}), 0) as {{ column }},
        {%- endfor %}
        max(months.months_so_far) as months_so_far,
        months.month_start
    from months
    cross join scopes
    left join scoped
        on
            scopes.scope = scoped.scope
            and scoped.month_start between {{ add_months('months.month_start', -11) }} and months.month_start
    group by scopes.scope, months.month_start
),

judged as (
    select
        *,
        case
            when months_so_far < 12 then 'fewer_than_12_months'
            when least(lasting_value_payout, direct_revenue_payout, unclassified_payout) < 0 then 'more_taken_back_than_earned'
            when payout = 0 then 'nothing_paid'
        end as value_null_reason
    from windows
)

{% for measure, (scope, column) in measures.items() %}
    select
        '{{ measure }}' as measure_id,
        value_null_reason,
        case
            when value_null_reason is null then {{ portion('1', column, 'nullif(payout, 0)') }}
        end as value,
        month_start
    from judged
    where scope = '{{ scope }}'
    {{ 'union all' if not loop.last }}
{% endfor %}
