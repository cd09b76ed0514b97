{{ config(materialized='table', schema='certified') }}
-- Months that figures exist for, which the semantic layer counts monthly metrics along.
with

months as (
    select * from {{ ref('int_months') }}
)

select
    month_start,
    month_end
from months
