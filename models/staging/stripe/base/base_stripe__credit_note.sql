{{ base_rows('stripe', 'credit_note', parents=[
    {'column': 'invoice_id', 'model': 'stg_stripe__invoice', 'key': 'invoice_id'},
    {'column': 'currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency)'},
]) }}
