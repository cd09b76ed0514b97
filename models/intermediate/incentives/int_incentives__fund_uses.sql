-- What partners used of a fund: claims that were approved, by the earning period that they draw on. Empty while no ledger
-- is kept.
select
    cast(null as {{ dbt.type_string() }}) as claim_id,
    cast(null as {{ dbt.type_string() }}) as program_id,
    cast(null as {{ dbt.type_string() }}) as fund_wallet_id,
    cast(null as {{ dbt.type_string() }}) as partner_id,
    cast(null as {{ type_payout() }}) as amount,
    cast(null as date) as earn_start,
    cast(null as date) as used_on
where 1 = 0
