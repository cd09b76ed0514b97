{{ config(schema='certified') }}
-- What each partner's MRR will be by what is agreed, a row a partner, month and horizon: closed months as they
-- were certified.
{{ as_certified('partner_forward_mrr_monthly', ref('int_growth__partner_forward_months')) }}
