-- What MRR will be some months after the end of each month, by what was agreed then: less what was known to end,
-- more what discounts give back and what was signed and goes live. No forecast: nothing is guessed.
with

partner_months as (
    select
        partner_id,
        month_start,
        sum(closing_mrr) as closing_mrr
    from {{ ref('int_mrr__partner_months') }}
    group by partner_id, month_start
),

horizons as (
    select * from {{ ref('forward_horizons') }}
),

signed_values as (
    select * from {{ ref('int_growth__signed_values') }}
),

scheduled_churn as (
    select * from {{ ref('int_growth__scheduled_churn') }}
),

contracted_changes as (
    select * from {{ ref('int_growth__contracted_changes') }}
),

signed as (
    select
        signed_values.partner_id,
        horizons.horizon_months,
        signed_values.month_start,
        {{ scaled('sum(signed_values.annual_value)', 1, 12, type_money()) }} as signed_not_live_mrr
    from signed_values
    inner join horizons
        on
            signed_values.service_date
            <= {{ last_day_of_month(add_months('signed_values.month_start', 'horizons.horizon_months')) }}
    group by signed_values.partner_id, horizons.horizon_months, signed_values.month_start
),

spine as (
    select * from {{ ref('int_growth__spine') }}
    where partner_id is not null
)

select
    spine.partner_id,
    cast(horizons.horizon_months as bigint) as horizon_months,
    '{{ var("reporting_currency") }}' as reporting_currency,
    {{ money('coalesce(partner_months.closing_mrr, 0)') }} as closing_mrr,
    {{ money('coalesce(scheduled_churn.scheduled_churn_mrr, 0)') }} as scheduled_churn_mrr,
    {{ money('coalesce(contracted_changes.contracted_change_mrr, 0)') }} as contracted_change_mrr,
    {{ money('coalesce(signed.signed_not_live_mrr, 0)') }} as signed_not_live_mrr,
    {{ money(
        'coalesce(partner_months.closing_mrr, 0) - coalesce(scheduled_churn.scheduled_churn_mrr, 0)'
        ~ ' + coalesce(contracted_changes.contracted_change_mrr, 0) + coalesce(signed.signed_not_live_mrr, 0)'
    ) }} as forward_mrr,
    spine.month_start
from spine
cross join horizons
left join partner_months
    on spine.partner_id = partner_months.partner_id and spine.month_start = partner_months.month_start
{%- for relation in ['scheduled_churn', 'contracted_changes', 'signed'] %}
    left join {{ relation }}
        on
            spine.partner_id = {{ relation }}.partner_id
            and spine.month_start = {{ relation }}.month_start
            and horizons.horizon_months = {{ relation }}.horizon_months
{%- endfor %}
