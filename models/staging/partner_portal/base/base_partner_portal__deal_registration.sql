{{ base_rows('partner_portal', 'deal_registration', parents=[
    {'column': 'partner_id', 'model': 'stg_partner_portal__partner', 'key': 'partner_id'},
    {'column': 'currency', 'model': 'currencies', 'key': 'currency_code', 'reason': 'unknown_currency', 'same_source': false, 'match': 'upper(typed.c_currency)'},
]) }}
