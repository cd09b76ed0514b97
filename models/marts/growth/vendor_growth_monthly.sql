{{ config(schema='certified') }}
-- How the whole channel grows, a row a month: closed months as they were certified.
{{ as_certified('vendor_growth_monthly', ref('int_growth__vendor_months')) }}
