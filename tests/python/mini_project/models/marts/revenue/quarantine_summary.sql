select 0 as quarantined_rows
