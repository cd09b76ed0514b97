-- Payouts after all limits, the program's budgets last.
{{ limited(ref('int_incentives__limited_partners'), ['program']) }}
