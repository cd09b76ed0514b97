-- Guards forward MRR: closing - scheduled churn + contracted change + signed, for every partner; nothing ends that is
-- not in force, and what is known for a month ahead is known for a year ahead too.
{{ config(meta={'dagster': {'ref': {'name': 'partner_forward_mrr_monthly'}}}) }}
with

forward as (
    select * from {{ ref('partner_forward_mrr_monthly') }}
),

ordered as (
    select
        *,
        lag(scheduled_churn_mrr, 1, 0) over (by_horizon) as nearer_churn_mrr,
        lag(signed_not_live_mrr, 1, 0) over (by_horizon) as nearer_signed_mrr
    from forward
    window by_horizon as (partition by partner_id, month_start order by horizon_months)
)

select * from ordered
where
    forward_mrr <> closing_mrr - scheduled_churn_mrr + contracted_change_mrr + signed_not_live_mrr
    or scheduled_churn_mrr < nearer_churn_mrr
    or scheduled_churn_mrr > closing_mrr
    or signed_not_live_mrr < nearer_signed_mrr
