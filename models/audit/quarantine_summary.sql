{{ config(schema='certified') }}
-- How much was held back and why, a row a table and reason. Free of customer data, for BI.
with

problems as (
    select * from {{ ref('quarantine') }}
),

accounting as (
    select * from {{ ref('row_accounting') }}
)

select
    problems.source_name,
    problems.table_name,
    problems.reason_code,
    problems.column_name,
    problems.held_back,
    max(problems.explanation) as explanation,
    max(problems.what_to_do) as what_to_do,
    cast(sum(problems.landed_rows) as bigint) as quarantined_rows,
    max(accounting.landed_rows) as table_landed_rows,
    min(problems.first_seen_at) as first_seen_at,
    max(problems.last_seen_at) as last_seen_at
from problems
inner join accounting
    on problems.source_name = accounting.source_name and problems.table_name = accounting.table_name
group by
    problems.source_name, problems.table_name, problems.reason_code, problems.column_name, problems.held_back
