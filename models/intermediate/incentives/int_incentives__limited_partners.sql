-- Payouts after the limits of a partner.
{{ limited(ref('int_incentives__limited_customers'), ['partner']) }}
