{{ base_rows('stripe', 'price', parents=[
    {'column': 'product_id', 'model': 'stg_stripe__product', 'key': 'product_id'},
    {'column': 'currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency)'},
]) }}
