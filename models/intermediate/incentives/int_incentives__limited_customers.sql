-- Payouts after the limits of a line and of a customer.
{{ limited(ref('int_incentives__stacked'), ['line', 'customer']) }}
