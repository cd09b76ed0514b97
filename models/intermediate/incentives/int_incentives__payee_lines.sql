-- Who is paid: the partner company, or the people that the lever names at the customer, by their shares, to the cent. What
-- no person stands behind is kept as `unassigned`, so that nothing is lost.
with

lines as (
    select * from {{ ref('int_incentives__split_lines') }}
),

period_levers as (
    select * from {{ ref('int_incentives__period_levers') }}
),

people as (
    select * from {{ ref('int_incentives__payees') }}
),

-- money kept back earlier may be paid in a period that is not one of the lever's own, but lies within one
with_terms as (
    select
        lines.*,
        case
            when lines.bucket = 'individual' and period_levers.payee = 'company' then 'partner_staff'
            when lines.bucket = 'fund' then 'company'
            else coalesce(period_levers.payee, 'company')
        end as payee_kind,
        coalesce(period_levers.last_month, {{ add_months('lines.period_end', -1) }}) as last_month
    from lines
    left join period_levers
        on
            lines.program_version_id = period_levers.program_version_id
            and lines.lever_id = period_levers.lever_id
            and lines.period_end > period_levers.period_start
            and lines.period_end <= period_levers.period_end
),

of_companies as (
    select
        with_terms.*,
        with_terms.partner_id as payee_id
    from with_terms
    where with_terms.payee_kind = 'company'
),

shared as (
    select
        with_terms.*,
        coalesce(people.person_id, 'unassigned') as payee_id,
        coalesce(people.share, 1) as share
    from with_terms
    left join people
        on
            with_terms.partner_id = people.partner_id
            and with_terms.customer_id = people.customer_id
            and with_terms.payee_kind = people.role
            and with_terms.last_month = people.month_start
    where with_terms.payee_kind <> 'company'
),

share_sums as (
    select
        *,
        sum(share) over (
            partition by program_version_id, lever_id, partner_id, period_start, period_end, customer_id, limit_id, split_order
        ) as share_of_all,
        sum(share) over (
            partition by program_version_id, lever_id, partner_id, period_start, period_end, customer_id, limit_id, split_order
            order by payee_id
            rows between unbounded preceding and current row
        ) as share_so_far
    from shared
),

of_people as (
    select
        *,
        {{ allocated_cents('amount', 'share', 'share_so_far', 'share_of_all') }} as payee_amount
    from share_sums
)

{%- for relation, amount in [('of_companies', 'amount'), ('of_people', 'payee_amount')] %}

    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        payee_kind,
        payee_id,
        customer_id,
        bucket,
        fund_wallet_id,
        verification,
        base_amount,
        qualifying_value,
        rate,
        cast({{ amount }} as {{ type_payout() }}) as amount,
        period_start,
        period_end,
        first_occurred_on,
        let_go_on
    from {{ relation }}
    {%- if not loop.last %}
        union all
    {%- endif %}
{%- endfor %}
