-- movements of these customers: all that there are, and no others
with
expected (customer_id, movement_date, movement, reason, native_amount) as (
    select customer_id, cast(movement_date as date), movement, reason, cast(native_amount as decimal(28, 6)) from (values
        ('dx_source', '2025-01-01', 'new', 'land', 80),
        ('dx_object', '2025-01-01', 'new', 'land', 80),
        ('dx_coupon', '2025-01-01', 'new', 'land', 80),
        ('dx_prefix', '2025-01-01', 'new', 'land', 80),
        ('dx_older', '2025-01-01', 'new', 'land', 80),
        ('dx_customer', '2025-01-01', 'new', 'land', 80),
        ('dx_dollars', '2025-01-01', 'new', 'land', 100),
        ('dx_options', '2025-01-01', 'new', 'land', 91),
        ('dx_note', '2025-01-01', 'new', 'land', 100),
        ('dx_no_coupon', '2025-01-01', 'new', 'land', 100),
        ('dx_no_item', '2025-01-01', 'new', 'land', 100),
        ('dx_no_line', '2025-01-01', 'new', 'land', 100),
        ('dx_nothing', '2025-01-01', 'new', 'land', 100),
        ('dx_no_sub', '2025-01-01', 'new', 'land', 100),
        ('dx_no_invoice', '2025-01-01', 'new', 'land', 100),
        ('dx_line', '2025-01-01', 'new', 'land', 100),
        ('dx_line', '2025-03-01', 'contraction', 'discount_start', -20),
        ('dx_line', '2025-04-01', 'expansion', 'discount_end', 20),
        ('dx_two_items', '2025-01-01', 'new', 'land', 140),
        ('dx_invoice_table', '2025-01-01', 'new', 'land', 100),
        ('dx_invoice_table', '2025-05-01', 'contraction', 'discount_start', -20),
        ('dx_invoice_table', '2025-06-01', 'expansion', 'discount_end', 20),
        ('dx_customer_table', '2025-01-01', 'new', 'land', 80),
        ('dx_year', '2024-06-01', 'new', 'land', 100),
        ('dx_year', '2025-06-01', 'contraction', 'discount_start', -50)
    ) as v (customer_id, movement_date, movement, reason, native_amount)
),
found as (
    select customer_id, movement_date, movement, reason, sum(native_amount) as native_amount
    from certified.customer_mrr_movements
    where customer_id in ('dx_source', 'dx_object', 'dx_coupon', 'dx_prefix', 'dx_older', 'dx_customer', 'dx_dollars', 'dx_options', 'dx_note', 'dx_no_coupon', 'dx_no_item', 'dx_no_line', 'dx_nothing', 'dx_no_sub', 'dx_no_invoice', 'dx_line', 'dx_two_items', 'dx_invoice_table', 'dx_customer_table', 'dx_year') and movement <> 'fx'
    group by all
)
select
    coalesce(e.customer_id, f.customer_id) as customer_id, coalesce(e.movement_date, f.movement_date) as movement_date,
    coalesce(e.movement, f.movement) as movement, e.reason as expected_reason, f.reason as found_reason,
    e.native_amount as expected_amount, f.native_amount as found_amount
from expected as e
full join found as f on e.customer_id = f.customer_id and e.movement_date = f.movement_date and e.movement = f.movement and e.reason = f.reason
where e.customer_id is null or f.customer_id is null or e.native_amount <> f.native_amount;

-- what cannot lower anything is held back with its reason
select * from (values ('discount', 'orphan_key', 'coupon_id'), ('discount', 'orphan_key', 'subscription_item_id'), ('discount', 'orphan_key', 'invoice_line_id'), ('discount', 'orphan_key', 'subscription_id'), ('discount', 'orphan_key', 'invoice_id'), ('discount', 'missing_value', 'type_id'), ('discount', 'discount_currency', 'amount_off_currency')) as e (table_name, reason_code, column_name)
where not exists (
    select 1 from certified.quarantine_summary as q
    where q.table_name = e.table_name and q.reason_code = e.reason_code and q.column_name = e.column_name
);
