{{ config(schema='certified') }}
-- How each partner's business grows, a row a partner and month: closed months as they were certified.
{{ as_certified('partner_growth_monthly', ref('int_growth__partner_months')) }}
