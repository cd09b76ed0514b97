-- movements of these customers: all that there are, and no others
with
expected (customer_id, movement_date, movement, reason, native_amount) as (
    select customer_id, cast(movement_date as date), movement, reason, cast(native_amount as decimal(28, 6)) from (values
        ('tax_amount', '2025-09-01', 'new', 'land', 300),
        ('tax_list', '2025-09-01', 'new', 'land', 100),
        ('tax_list_old', '2025-09-01', 'new', 'land', 100),
        ('tax_invoice', '2025-09-01', 'new', 'land', 300),
        ('tax_behaves', '2025-09-01', 'new', 'land', 100),
        ('tax_abroad', '2025-09-01', 'new', 'land', 121),
        ('tax_added', '2025-09-01', 'new', 'land', 100),
        ('tax_discount', '2025-09-01', 'new', 'land', 100),
        ('tax_units', '2025-09-01', 'new', 'land', 100),
        ('tax_never', '2025-12-15', 'new', 'land', 200)
    ) as v (customer_id, movement_date, movement, reason, native_amount)
),
found as (
    select customer_id, movement_date, movement, reason, sum(native_amount) as native_amount
    from certified.customer_mrr_movements
    where customer_id in ('tax_abroad', 'tax_added', 'tax_amount', 'tax_behaves', 'tax_discount', 'tax_invoice', 'tax_list', 'tax_list_old', 'tax_never', 'tax_units') and movement <> 'fx'
    group by all
)
select coalesce(e.customer_id, f.customer_id) as customer_id, coalesce(e.movement_date, f.movement_date) as movement_date,
    coalesce(e.movement, f.movement) as movement, e.reason as expected_reason, f.reason as found_reason,
    e.native_amount as expected_amount, f.native_amount as found_amount
from expected as e full join found as f using (customer_id, movement_date, movement)
where e.native_amount is distinct from f.native_amount or e.reason is distinct from f.reason;
-- billed: what was charged before tax, once
with
expected as (
    select 'tax_amount' as customer_id, cast(300 as decimal(28, 6)) as amount union all
    select 'tax_list' as customer_id, cast(100 as decimal(28, 6)) as amount union all
    select 'tax_list_old' as customer_id, cast(80 as decimal(28, 6)) as amount union all
    select 'tax_invoice' as customer_id, cast(300 as decimal(28, 6)) as amount union all
    select 'tax_behaves' as customer_id, cast(80 as decimal(28, 6)) as amount union all
    select 'tax_abroad' as customer_id, cast(121 as decimal(28, 6)) as amount union all
    select 'tax_added' as customer_id, cast(100 as decimal(28, 6)) as amount union all
    select 'tax_discount' as customer_id, cast(50 as decimal(28, 6)) as amount union all
    select 'tax_units' as customer_id, cast(100 as decimal(28, 6)) as amount
),
found as (
    select customer_id, sum(billed_amount) as amount
    from certified.customer_invoice_lines
    where customer_id like 'tax!_%' escape '!' and month_start = date '2025-11-01'
    group by all
)
select 'billed in 2025-11' as figure, customer_id, e.amount as expected, f.amount as found
from expected as e full join found as f using (customer_id)
where e.amount is distinct from f.amount;
