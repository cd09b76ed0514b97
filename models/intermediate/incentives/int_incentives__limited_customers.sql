-- Payouts after the caps and floors of a line and of a customer.
{{ capped(ref('int_incentives__stacked'), ['line', 'customer']) }}
