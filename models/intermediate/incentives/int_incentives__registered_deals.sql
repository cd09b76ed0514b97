-- One row a registered deal that counts under a policy, and the days on which it does: from its registration, for as long
-- as the policy says from the decision. The portal may say longer, up to the policy's extension.
with

versions as (
    select * from {{ ref('int_incentives__versions') }}
),

policies as (
    select * from {{ ref('deal_registration_policies') }}
),

registrations as (
    select * from {{ ref('input_deal_registrations') }}
    where decided_at is not null and registration_status in ('approved', 'won', 'expired', 'lost')
),

rates as (
    select * from {{ ref('int_exchange_rates__month_end') }}
),

customers as (
    select * from {{ ref('customers') }}
),

days as (
    select
        deal_registration_id,
        partner_id,
        customer_id,
        product_id,
        currency,
        amount,
        {{ local_date('submitted_at') }} as from_date,
        {{ local_date('decided_at') }} as decided_on,
        {{ local_date('expires_at') }} as expires_on
    from registrations
),

judged as (
    select
        versions.program_version_id,
        policies.deal_registration_policy_id,
        days.deal_registration_id,
        days.partner_id,
        days.customer_id,
        days.product_id,
        policies.min_amount,
        {{ in_reporting_currency('days.amount', 'deal_rates', type_money()) }} as amount,
        {{ in_reporting_currency('coalesce(policies.min_amount, 0)', 'program_rates', type_money()) }} as least_amount,
        days.from_date,
        days.decided_on,
        days.expires_on,
        policies.validity_days,
        policies.validity_days + coalesce(policies.extension_days, 0) as longest_days
    from days
    cross join versions
    inner join policies
        on {{ rule_in_force('policies', 'versions', month_of('days.from_date')) }}
    left join customers on days.customer_id = customers.customer_id
    -- both amounts in the reporting currency, so that nothing is divided
    left join rates as deal_rates
        on days.currency = deal_rates.currency and {{ month_of('days.from_date') }} = deal_rates.month_start
    left join rates as program_rates
        on versions.currency = program_rates.currency and {{ month_of('days.from_date') }} = program_rates.month_start
    where not policies.new_business_only or customers.customer_id is null or customers.landing_month >= {{ month_of('days.from_date') }}
),

dated as (
    select
        *,
        least(
            greatest(
                coalesce(expires_on, decided_on), {{ dbt.dateadd('day', 'validity_days', 'decided_on') }}
            ),
            {{ dbt.dateadd('day', 'longest_days', 'decided_on') }}
        ) as to_date
    from judged
)

select
    program_version_id,
    deal_registration_policy_id,
    deal_registration_id,
    partner_id,
    customer_id,
    product_id,
    from_date,
    cast(to_date as date) as to_date
from dated
where coalesce(min_amount, 0) = 0 or amount >= least_amount
