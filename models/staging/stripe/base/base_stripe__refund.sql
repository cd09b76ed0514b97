{{ base_rows('stripe', 'refund', parents=[
    {'column': 'charge_id', 'model': 'stg_stripe__charge', 'key': 'charge_id'},
    {'column': 'currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency)'},
]) }}
