-- movements of these customers: all that there are, and no others
with
expected (customer_id, movement_date, movement, reason, native_amount) as (
    select customer_id, cast(movement_date as date), movement, reason, cast(native_amount as decimal(28, 6)) from (values
        ('held', '2025-02-01', 'new', 'land', 130)
    ) as v (customer_id, movement_date, movement, reason, native_amount)
),
found as (
    select customer_id, movement_date, movement, reason, sum(native_amount) as native_amount
    from certified.customer_mrr_movements
    where customer_id in ('held') and movement <> 'fx'
    group by all
)
select coalesce(e.customer_id, f.customer_id) as customer_id, coalesce(e.movement_date, f.movement_date) as movement_date,
    coalesce(e.movement, f.movement) as movement, e.reason as expected_reason, f.reason as found_reason,
    e.native_amount as expected_amount, f.native_amount as found_amount
from expected as e full join found as f using (customer_id, movement_date, movement)
where e.native_amount is distinct from f.native_amount or e.reason is distinct from f.reason;
-- each line that nothing links is named, with its reason; nothing else of the customer is held back
with
expected (row_key, reason_code) as (
    values ('il_held_4_3', 'line_without_item'), ('il_held_x', 'line_without_subscription'), ('il_held_y', 'line_without_subscription')
),
found as (
    select row_key, reason_code from audit.quarantine where row_key like 'il!_held%' escape '!'
)
select row_key, e.reason_code as expected, f.reason_code as found
from expected as e full join found as f using (row_key)
where e.reason_code is distinct from f.reason_code;
