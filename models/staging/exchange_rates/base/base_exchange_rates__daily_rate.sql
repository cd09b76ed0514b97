{{ base_rows('exchange_rates', 'daily_rate', parents=[
    {'column': 'base_currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_base_currency)'},
    {'column': 'currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency)'},
]) }}
