-- Each kept or added amount, divided over the roles that had to do with the customer, by every rule side by side. The role
-- with the largest part takes what rounding leaves, so that the parts are the amount. Where nobody had, the role is `none`.
{%- set rules = ['first', 'last', 'linear', 'time_decay'] %}
{%- set row_key = 'partition by amounts.partner_id, amounts.customer_id, amounts.outcome, amounts.month_start, amounts.window_to' %}
with

amounts as (
    select * from {{ ref('int_contribution__amounts') }}
),

weights as (
    select * from {{ ref('int_contribution__weights') }}
),

weighed as (
    select
        amounts.partner_id,
        amounts.customer_id,
        amounts.outcome,
        coalesce(weights.role_id, 'none') as role_id,
        amounts.amount,
        {%- for rule in rules %}
            case
                when weights.role_id is null then amounts.amount
                else {{ portion(
                    'amounts.amount', 'weights.' ~ rule ~ '_weight', 'sum(weights.' ~ rule ~ '_weight) over (' ~ row_key ~ ')',
                    type_money()
                ) }}
            end as {{ rule }}_part,
            row_number() over (
                {{ row_key }} order by weights.{{ rule }}_weight desc, weights.role_id asc
            ) as {{ rule }}_place,
        {%- endfor %}
        amounts.window_to,
        amounts.month_start
    from amounts
    left join weights
        on
            amounts.customer_id = weights.customer_id
            and amounts.window_from = weights.window_from
            and amounts.window_to = weights.window_to
)

select
    amounts.partner_id,
    amounts.customer_id,
    amounts.outcome,
    amounts.role_id,
    {%- for rule in rules %}
        {{ money(
            'case when amounts.' ~ rule ~ '_place = 1 '
            ~ 'then amounts.amount - sum(amounts.' ~ rule ~ '_part) over (' ~ row_key ~ ') + amounts.' ~ rule ~ '_part '
            ~ 'else amounts.' ~ rule ~ '_part end'
        ) }} as {{ rule }}_amount,
    {%- endfor %}
    amounts.month_start
from weighed as amounts
