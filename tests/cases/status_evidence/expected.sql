-- movements of these customers: all that there are, and no others
with
expected (customer_id, movement_date, movement, reason, native_amount) as (
    select customer_id, cast(movement_date as date), movement, reason, cast(native_amount as decimal(28, 6)) from (values
        ('st_now_paused', '2025-02-01', 'new', 'land', 100),
        ('st_now_paused', '2025-07-01', 'churn', 'pause', -100),
        ('st_unpaid', '2025-02-01', 'new', 'land', 100),
        ('st_unpaid', '2025-07-01', 'churn', 'involuntary', -100),
        ('st_no_end', '2025-02-01', 'new', 'land', 100),
        ('st_no_end', '2025-07-01', 'churn', 'voluntary', -100),
        ('st_keep_draft', '2025-02-01', 'new', 'land', 100),
        ('st_resumes', '2025-02-01', 'new', 'land', 100),
        ('st_resumes', '2025-07-05', 'churn', 'pause', -100),
        ('st_resumes', '2025-08-20', 'reactivation', 'resume', 100)
    ) as v (customer_id, movement_date, movement, reason, native_amount)
),
found as (
    select customer_id, movement_date, movement, reason, sum(native_amount) as native_amount
    from certified.customer_mrr_movements
    where customer_id in ('st_incomplete', 'st_now_paused', 'st_unpaid', 'st_no_end', 'st_keep_draft', 'st_resumes') and movement <> 'fx'
    group by all
)
select
    coalesce(e.customer_id, f.customer_id) as customer_id, coalesce(e.movement_date, f.movement_date) as movement_date,
    coalesce(e.movement, f.movement) as movement, e.reason as expected_reason, f.reason as found_reason,
    e.native_amount as expected_amount, f.native_amount as found_amount
from expected as e
full join found as f on e.customer_id = f.customer_id and e.movement_date = f.movement_date and e.movement = f.movement and (e.reason is null or e.reason = f.reason)
where e.customer_id is null or f.customer_id is null or abs(e.native_amount - f.native_amount) > 0.00001;

-- figures
select * from (
    select 'at risk, kept drafts, December' as figure, cast(100 as decimal(28, 6)) as expected, cast(coalesce((select sum(mrr_at_risk) from certified.partner_mrr_monthly where partner_id = 'p_st_keep_draft' and month_start = date '2025-12-01'), null) as decimal(28, 6)) as found
) where found is null or abs(found - expected) > 0.00001;
