-- movements of these customers: all that there are, and no others
with
expected (customer_id, movement_date, movement, reason, native_amount) as (
    select customer_id, cast(movement_date as date), movement, reason, cast(native_amount as decimal(28, 6)) from (values
        ('dc_two_tables', '2025-01-01', 'new', 'land', 80),
        ('dc_invoices', '2025-01-01', 'new', 'land', 80),
        ('dc_percents', '2025-01-01', 'new', 'land', 72),
        ('dc_in_order', '2025-01-01', 'new', 'land', 90),
        ('dc_in_order', '2025-03-01', 'contraction', 'discount_start', -9),
        ('dc_again', '2025-01-01', 'new', 'land', 80),
        ('dc_again', '2025-04-01', 'expansion', 'discount_end', 20),
        ('dc_again', '2025-06-01', 'contraction', 'discount_start', -20),
        ('dc_again', '2025-09-01', 'expansion', 'discount_end', 20)
    ) as v (customer_id, movement_date, movement, reason, native_amount)
),
found as (
    select customer_id, movement_date, movement, reason, sum(native_amount) as native_amount
    from certified.customer_mrr_movements
    where customer_id in ('dc_two_tables', 'dc_invoices', 'dc_percents', 'dc_in_order', 'dc_again') and movement <> 'fx'
    group by all
)
select
    coalesce(e.customer_id, f.customer_id) as customer_id, coalesce(e.movement_date, f.movement_date) as movement_date,
    coalesce(e.movement, f.movement) as movement, e.reason as expected_reason, f.reason as found_reason,
    e.native_amount as expected_amount, f.native_amount as found_amount
from expected as e
full join found as f on e.customer_id = f.customer_id and e.movement_date = f.movement_date and e.movement = f.movement and e.reason = f.reason
where e.customer_id is null or f.customer_id is null or e.native_amount <> f.native_amount;
