-- movements of these customers: all that there are, and no others
with
expected (customer_id, movement_date, movement, reason, native_amount) as (
    select customer_id, cast(movement_date as date), movement, reason, cast(native_amount as decimal(28, 6)) from (values
        ('tier_year', '2025-02-01', 'new', 'land', 74),
        ('tier_month', '2025-03-01', 'new', 'land', 600),
        ('tier_month', '2025-05-16', 'expansion', 'quantity', 288),
        ('start_change', '2025-03-01', 'new', 'land', 300),
        ('start_change', '2025-04-01', 'expansion', 'quantity', 200),
        ('second_change', '2025-03-01', 'new', 'land', 300),
        ('second_change', '2025-06-01', 'expansion', 'quantity', 100),
        ('replayed', '2025-03-01', 'new', 'land', 300),
        ('replayed', '2025-12-10', 'expansion', 'quantity', 200),
        ('added', '2025-03-01', 'new', 'land', 100),
        ('added', '2025-06-10', 'expansion', 'cross_sell', 50),
        ('shillings', '2025-11-01', 'new', 'land', 4000000000),
        ('anchored', '2025-03-10', 'new', 'land', 100),
        ('two_currencies', '2025-03-01', 'new', 'land', 110),
        ('two_currencies', '2025-07-01', 'contraction', 'currency_change', -110),
        ('two_currencies', '2025-07-01', 'expansion', 'currency_change', 100)
    ) as v (customer_id, movement_date, movement, reason, native_amount)
),
found as (
    select customer_id, movement_date, movement, reason, sum(native_amount) as native_amount
    from certified.customer_mrr_movements
    where
        movement <> 'fx'
        and customer_id in (
            'tier_year', 'tier_month', 'start_change', 'second_change', 'replayed', 'added', 'shillings', 'anchored',
            'two_currencies', 'not_yet_billed'
        )
    group by all
)
select
    coalesce(e.customer_id, f.customer_id) as customer_id, coalesce(e.movement_date, f.movement_date) as movement_date,
    coalesce(e.movement, f.movement) as movement, e.reason as expected_reason, f.reason as found_reason,
    e.native_amount as expected_amount, f.native_amount as found_amount
from expected as e
full join found as f
    on e.customer_id = f.customer_id and e.movement_date = f.movement_date and e.movement = f.movement and e.reason = f.reason
where e.customer_id is null or f.customer_id is null or e.native_amount <> f.native_amount;

-- figures
select * from (
    select 'shillings in EUR, December' as figure, cast(966388.990897 as decimal(28, 6)) as expected, (select sum(mrr) from certified.customer_mrr_monthly where customer_id = 'shillings' and month_start = date '2025-12-01') as found
    union all
    select 'francs in EUR, June', 100, (select sum(mrr) from certified.customer_mrr_monthly where customer_id = 'two_currencies' and month_start = date '2025-06-01')
    union all
    select 'francs, July', 0, (select coalesce(sum(native_mrr), 0) from certified.customer_mrr_monthly where customer_id = 'two_currencies' and month_start = date '2025-07-01' and currency = 'CHF')
    union all
    select 'replayed, December', 500, (select sum(mrr) from certified.customer_mrr_monthly where customer_id = 'replayed' and month_start = date '2025-12-01')
    union all
    select 'held back until an invoice says the currency', 1, (select least(sum(quarantined_rows), 1) from certified.quarantine_summary where reason_code = 'price_in_other_currency')
) where found is null or found <> expected;
