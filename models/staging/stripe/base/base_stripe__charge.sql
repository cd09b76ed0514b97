{{ base_rows('stripe', 'charge', parents=[
    {'column': 'invoice_id', 'model': 'stg_stripe__invoice', 'key': 'invoice_id'},
    {'column': 'customer_id', 'model': 'stg_stripe__customer', 'key': 'billing_account_id'},
    {'column': 'currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency)'},
]) }}
