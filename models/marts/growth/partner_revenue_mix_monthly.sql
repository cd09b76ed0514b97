{{ config(schema='certified') }}
-- How much of each partner's revenue recurs, a row a partner and month: closed months as they were certified.
{{ as_certified('partner_revenue_mix_monthly', ref('int_growth__partner_revenue_months')) }}
