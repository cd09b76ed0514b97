{{ config(materialized='table') }}
select date '2026-10-01' as date_day
