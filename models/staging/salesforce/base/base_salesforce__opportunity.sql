{{ base_rows('salesforce', 'opportunity', parents=[
    {'column': 'account_id', 'model': 'stg_salesforce__account', 'key': 'account_id'},
    {'column': 'currency_iso_code', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency_iso_code)'},
]) }}
