-- What the incentive ledger has posted and paid so far. Empty while no ledger is kept.
select
    cast(null as {{ dbt.type_string() }}) as posting_id,
    cast(null as {{ dbt.type_string() }}) as line_key,
    cast(null as {{ dbt.type_string() }}) as program_id,
    cast(null as {{ dbt.type_string() }}) as program_version_id,
    cast(null as {{ dbt.type_string() }}) as lever_id,
    cast(null as {{ dbt.type_string() }}) as partner_id,
    cast(null as {{ dbt.type_string() }}) as payee_kind,
    cast(null as {{ dbt.type_string() }}) as payee_id,
    cast(null as {{ dbt.type_string() }}) as customer_id,
    cast(null as {{ dbt.type_string() }}) as bucket,
    cast(null as {{ dbt.type_string() }}) as currency,
    cast(null as {{ dbt.type_string() }}) as status,
    cast(null as {{ type_payout() }}) as amount,
    cast(null as {{ type_payout() }}) as paid_amount,
    cast(null as date) as period_start,
    cast(null as date) as period_end,
    cast(null as date) as posted_period,
    cast(null as date) as first_occurred_on,
    cast(null as date) as paid_on
where 1 = 0
