{{ config(schema='certified') }}
-- How much of the MRR that a partner had one, three and twelve months ago is still there. A customer that came
-- from or went to another partner meanwhile is left out on both sides: it was not the partner's to keep.
{{ as_certified('partner_retention_monthly', ref('int_retention__partner_months')) }}
