with

subscriptions as (
    select * from {{ ref('stg_stripe__subscription') }}
),

canonical as (
    select
        *,
        {{ canonical_id('subscription_id', 'stripe') }} as canonical_subscription_id,
        {{ canonical_id('billing_account_id', 'stripe') }} as canonical_billing_account_id
    from subscriptions
),

billing_accounts as (
    select * from {{ ref('input_billing_accounts') }}
),

names as (
    select * from {{ ref('input_customer_names') }}
),

-- since 2025-03 the billing API says the paid period of the items; a subscription is paid until the last of them
item_periods as (
    select
        subscription_id,
        max(period_ends_at) as period_ends_at
    from {{ ref('input_subscription_items') }}
    where period_ends_at is not null
    group by subscription_id
)

select
    canonical.canonical_subscription_id as subscription_id,
    canonical.subscription_id as source_subscription_id,
    canonical.source_relation,
    coalesce(
        names.customer_id, billing_accounts.crm_account_id, billing_accounts.billing_account_id
    ) as customer_id,
    billing_accounts.billing_account_id,
    canonical.status,
    canonical.pause_behavior,
    canonical.license_type,
    case
        when not canonical.is_live or not billing_accounts.is_live then 'test_mode'
        when canonical.license_type in (
            {%- for license in var('unpaid_license_types') %}'{{ license }}'{{ ', ' if not loop.last }}{% endfor -%}
        ) then canonical.license_type
    end as exclusion_reason,
    canonical.is_cancelled_at_period_end,
    canonical.started_at,
    coalesce(canonical.period_ends_at, item_periods.period_ends_at) as period_ends_at,
    canonical.trial_ends_at,
    canonical.pause_resumes_at,
    canonical.cancels_at,
    canonical.cancelled_at,
    canonical.ended_at,
    canonical.synced_at
from canonical
inner join billing_accounts
    on canonical.canonical_billing_account_id = billing_accounts.billing_account_id
left join item_periods on canonical.canonical_subscription_id = item_periods.subscription_id
left join names on canonical.end_customer_id = names.named_id
