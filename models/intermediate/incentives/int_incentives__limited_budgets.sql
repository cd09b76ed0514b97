-- Payouts after the budgets of the program.
{{ capped(ref('int_incentives__limited_partners'), ['program']) }}
