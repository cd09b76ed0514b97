-- Guards the vocabulary: only the movements and reasons that the documentation defines.
with

known (movement, reason) as (
    values
    ('new', 'land'), ('new', 'trial_conversion'),
    ('reactivation', 'won_back'), ('reactivation', 'resume'),
    ('expansion', 'quantity'), ('expansion', 'price'), ('expansion', 'escalator'), ('expansion', 'cross_sell'),
    ('expansion', 'plan_change'), ('expansion', 'discount_end'), ('expansion', 'currency_change'),
    ('contraction', 'quantity'), ('contraction', 'price'), ('contraction', 'product_drop'),
    ('contraction', 'plan_change'), ('contraction', 'discount_start'), ('contraction', 'pause'),
    ('contraction', 'currency_change'),
    ('churn', 'voluntary'), ('churn', 'involuntary'), ('churn', 'non_renewal'), ('churn', 'pause'),
    ('transfer_in', 'change_of_record'), ('transfer_in', 'split_change'),
    ('transfer_out', 'change_of_record'), ('transfer_out', 'split_change'),
    ('fx', 'fx'),
    ('correction', 'credit_note'), ('correction', 'backdated'),
    ('correction', 'late_data'), ('correction', 'source_fix')
)

select
    movements.movement,
    movements.reason,
    count(*) as movements_found
from {{ ref('customer_mrr_movements') }} as movements
left join known on movements.movement = known.movement and movements.reason = known.reason
where known.movement is null
group by movements.movement, movements.reason
