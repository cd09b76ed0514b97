-- Guards the last step: what is owed to a partner's payees is what they get, less funds that were forfeited. Turning a
-- fund into a rebate moves money and makes none.
{{ config(meta={'dagster': {'ref': {'name': 'int_incentives__calculated_lines'}}}) }}
with

owed as (
    select
        program_id,
        lever_id,
        partner_id,
        sum(amount) as amount
    from {{ ref('int_incentives__calculated_lines') }}
    group by program_id, lever_id, partner_id
),

payees as (
    select
        program_id,
        lever_id,
        partner_id,
        sum(amount) as amount
    from {{ ref('int_incentives__payee_lines') }}
    group by program_id, lever_id, partner_id
),

forfeited as (
    select
        program_id,
        lever_id,
        partner_id,
        sum(earned) as amount
    from {{ ref('int_incentives__fund_earnings') }}
    where outcome = 'forfeit'
    group by program_id, lever_id, partner_id
)

select
    payees.program_id,
    payees.lever_id,
    payees.partner_id,
    payees.amount,
    forfeited.amount as forfeited_amount,
    owed.amount as owed_amount
from payees
left join owed
    on payees.program_id = owed.program_id and payees.lever_id = owed.lever_id and payees.partner_id = owed.partner_id
left join forfeited
    on
        payees.program_id = forfeited.program_id
        and payees.lever_id = forfeited.lever_id
        and payees.partner_id = forfeited.partner_id
where coalesce(owed.amount, 0) <> payees.amount - coalesce(forfeited.amount, 0)
