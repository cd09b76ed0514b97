{{ config(schema='certified') }}
-- Who is rewarded, held against who had to do with what was kept and added: a row a role, rule of attribution and month,
-- over twelve months, for the whole vendor. The partner's company is a row of its own; its reward is counted with the
-- partner's people a second time, as the partner's side, because it is people who look after customers.
with

contribution as (
    select * from {{ ref('int_contribution__role_months') }}
),

rewards as (
    select * from {{ ref('int_contribution__rewards') }}
),

rules as (
    select distinct
        attribution_rule,
        is_default,
        is_full,
        month_start
    from contribution
),

paired as (
    select
        rewards.role_id,
        rules.attribution_rule,
        contribution.retained_mrr,
        contribution.expanded_mrr,
        contribution.retained_mrr + contribution.expanded_mrr as contribution_mrr,
        sum(contribution.retained_mrr + contribution.expanded_mrr) over (all_roles) as all_contribution,
        rewards.reward_amount,
        sum(rewards.reward_amount) over (all_roles) as all_reward,
        case
            when rewards.role_id not in ('partner_staff', 'company') then rewards.reward_amount
            when rewards.role_id = 'partner_staff' then sum(
                case when rewards.role_id in ('partner_staff', 'company') then rewards.reward_amount else 0 end
            ) over (all_roles)
        end as side_reward_amount,
        sum(rewards.lines) over (all_roles) as all_lines,
        sum(rewards.illustrative_lines) over (all_roles) as illustrative_lines,
        sum(rewards.unconverted_lines) over (all_roles) as unconverted_lines,
        rules.is_default,
        rules.is_full,
        rules.month_start
    from rewards
    inner join rules on rewards.month_start = rules.month_start
    left join contribution
        on
            rewards.role_id = contribution.role_id
            and rewards.month_start = contribution.month_start
            and rules.attribution_rule = contribution.attribution_rule
    window all_roles as (partition by rules.attribution_rule, rules.month_start)
),

judged as (
    select
        *,
        case
            when role_id = 'company' then 'no_touches_of_its_own'
            when not is_full then 'short_history'
            when all_contribution = 0 then 'no_contribution'
        end as contribution_null_reason,
        case
            when not is_full then 'short_history'
            when unconverted_lines > 0 then 'no_exchange_rate'
            when all_reward <= 0 then 'no_reward'
        end as reward_null_reason
    from paired
),

shared as (
    select
        *,
        case when contribution_null_reason is null then {{ divided('contribution_mrr', 'nullif(all_contribution, 0)') }} end
            as contribution_share,
        case when reward_null_reason is null then {{ divided('reward_amount', 'nullif(greatest(all_reward, 0), 0)') }} end
            as reward_share,
        case when reward_null_reason is null then {{ divided('side_reward_amount', 'nullif(greatest(all_reward, 0), 0)') }} end
            as side_reward_share
    from judged
)

select
    role_id,
    attribution_rule,
    contribution_null_reason,
    reward_null_reason,
    coalesce(contribution_null_reason, reward_null_reason) as gap_null_reason,
    case
        when illustrative_lines > 0 then 'illustrative'
        when all_lines > 0 then 'verified'
    end as verification,
    '{{ var("reporting_currency") }}' as reporting_currency,
    retained_mrr,
    expanded_mrr,
    {{ money('contribution_mrr') }} as contribution_mrr,
    cast(contribution_share as decimal(18, 6)) as contribution_share,
    case when unconverted_lines = 0 then {{ money('reward_amount') }} end as reward_amount,
    cast(reward_share as decimal(18, 6)) as reward_share,
    case when unconverted_lines = 0 then {{ money('side_reward_amount') }} end as side_reward_amount,
    cast(side_reward_share as decimal(18, 6)) as side_reward_share,
    cast(100 * (reward_share - contribution_share) as decimal(18, 6)) as gap_points,
    cast(100 * (side_reward_share - contribution_share) as decimal(18, 6)) as side_gap_points,
    is_default as is_default_rule,
    month_start
from shared
