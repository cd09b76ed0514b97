-- movements of these customers: all that there are, and no others
with
expected (customer_id, movement_date, movement, reason, native_amount) as (
    select customer_id, cast(movement_date as date), movement, reason, cast(native_amount as decimal(28, 6)) from (values
        ('parentjson', '2025-02-01', 'new', 'land', 130),
        ('parentjson', '2025-06-01', 'expansion', 'price', 50),
        ('parentjson', '2025-08-16', 'expansion', 'quantity', 30)
    ) as v (customer_id, movement_date, movement, reason, native_amount)
),
found as (
    select customer_id, movement_date, movement, reason, sum(native_amount) as native_amount
    from certified.customer_mrr_movements
    where customer_id in ('parentjson') and movement <> 'fx'
    group by all
)
select coalesce(e.customer_id, f.customer_id) as customer_id, coalesce(e.movement_date, f.movement_date) as movement_date,
    coalesce(e.movement, f.movement) as movement, e.reason as expected_reason, f.reason as found_reason,
    e.native_amount as expected_amount, f.native_amount as found_amount
from expected as e full join found as f using (customer_id, movement_date, movement)
where e.native_amount is distinct from f.native_amount or e.reason is distinct from f.reason;
