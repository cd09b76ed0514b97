{{ config(schema='certified') }}
-- The months whose figures are final, and what stood behind them when they were closed.
with

closings as (
    select * from {{ source('closed_months', 'closings') }}
)

select
    publication_version,
    run_id,
    code_version,
    closed_by,
    reporting_currency,
    content_hash,
    closing_mrr,
    inputs_as_of,
    closed_at,
    month_start
from closings
