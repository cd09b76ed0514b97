-- Payouts after the caps and floors of a partner.
{{ capped(ref('int_incentives__limited_customers'), ['partner']) }}
