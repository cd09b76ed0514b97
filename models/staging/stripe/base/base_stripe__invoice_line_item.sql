{{ base_rows('stripe', 'invoice_line_item', parents=[
    {'column': 'invoice_id', 'model': 'stg_stripe__invoice', 'key': 'invoice_id'},
    {'column': 'subscription_id', 'model': 'stg_stripe__subscription', 'key': 'subscription_id'},
    {'column': 'plan_id', 'model': 'stg_stripe__price', 'key': 'price_id', 'reason': 'unknown_price'},
    {'column': 'currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency)'},
]) }}
