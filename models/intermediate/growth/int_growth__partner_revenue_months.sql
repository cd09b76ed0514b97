-- Recurring against one-off revenue of each partner and month, and metered usage beside them.
with

spine as (
    select * from {{ ref('int_growth__spine') }}
    where partner_id is not null
),

recurring as (
    select
        partner_id,
        month_start,
        sum(closing_mrr) as recurring_mrr
    from {{ ref('int_mrr__partner_months') }}
    group by partner_id, month_start
),

invoiced as (
    select
        partner_id,
        month_start,
    {%- for kind in ['hardware', 'setup', 'services', 'other', 'pass_through', 'usage'] %}
        sum(case when revenue_kind = '{{ kind }}' then amount else 0 end) as {{ kind }}_revenue{{ ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_growth__revenue_parts') }}
    group by partner_id, month_start
),

joined as (
    select
        spine.partner_id,
        spine.month_start,
        coalesce(recurring.recurring_mrr, 0) as recurring_mrr,
        {%- for kind in ['hardware', 'setup', 'services', 'other', 'pass_through'] %}
            coalesce(invoiced.{{ kind }}_revenue, 0) as {{ kind }}_revenue,
        {%- endfor %}
        coalesce(invoiced.hardware_revenue, 0) + coalesce(invoiced.setup_revenue, 0)
        + coalesce(invoiced.services_revenue, 0) + coalesce(invoiced.other_revenue, 0) as one_off_revenue,
        sum(coalesce(invoiced.usage_revenue, 0)) over (
            partition by spine.partner_id order by spine.month_start
            rows between 2 preceding and current row
        ) as usage_of_three_months
    from spine
    left join recurring
        on spine.partner_id = recurring.partner_id and spine.month_start = recurring.month_start
    left join invoiced
        on spine.partner_id = invoiced.partner_id and spine.month_start = invoiced.month_start
),

judged as (
    select
        *,
        case
            when one_off_revenue < 0 then 'credits_exceed_one_off'
            when recurring_mrr + one_off_revenue = 0 then 'no_revenue'
        end as recurring_share_null_reason
    from joined
)

select
    partner_id,
    recurring_share_null_reason,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('recurring_mrr') }} as recurring_mrr,
    {{ money(scaled('usage_of_three_months', 1, 3, type_money())) }} as usage_mrr,
    {{ money('hardware_revenue') }} as hardware_revenue,
    {{ money('setup_revenue') }} as setup_revenue,
    {{ money('services_revenue') }} as services_revenue,
    {{ money('other_revenue') }} as other_revenue,
    {{ money('one_off_revenue') }} as one_off_revenue,
    {{ money('pass_through_revenue') }} as pass_through_revenue,
    case
        when recurring_share_null_reason is null
            then {{ portion('1', 'recurring_mrr', 'nullif(recurring_mrr + one_off_revenue, 0)') }}
    end as recurring_share,
    month_start
from judged
