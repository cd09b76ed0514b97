-- Lines of a fund that stayed below its threshold: it is taken back in the lever's last period of the earning period, and
-- paid as a rebate where the program says so.
with

earnings as (
    select * from {{ ref('int_incentives__fund_earnings') }}
    where outcome <> 'keep' and earned <> 0
)

{%- for bucket, sign, outcomes in [('fund', '-', "'convert_to_rebate', 'forfeit'"), ('rebate', '', "'convert_to_rebate'")] %}

    select
        program_id,
        program_version_id,
        lever_id,
        partner_id,
        'company' as payee_kind,
        partner_id as payee_id,
        cast(null as {{ dbt.type_string() }}) as customer_id,
        '{{ bucket }}' as bucket,
        {{ 'fund_wallet_id' if bucket == 'fund' else 'cast(null as ' ~ dbt.type_string() ~ ') as fund_wallet_id' }},
        verification,
        cast(0 as {{ type_money() }}) as base_amount,
        cast(null as {{ type_money() }}) as qualifying_value,
        cast(null as decimal(18, 6)) as rate,
        cast({{ sign }}earned as {{ type_payout() }}) as amount,
        last_period_start as period_start,
        last_period_end as period_end,
        cast(null as date) as first_occurred_on,
        earn_end as let_go_on
    from earnings
    where outcome in ({{ outcomes }})
    {%- if not loop.last %}
        union all
    {%- endif %}
{%- endfor %}
