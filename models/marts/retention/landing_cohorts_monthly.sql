{{ config(schema='certified') }}
-- Heat maps of cohorts are made of this: the customers that landed in a month, and what is left of them each
-- month after.
{{ as_certified('landing_cohorts_monthly', ref('int_retention__landing_cohorts')) }}
