{{ base_rows('partner_portal', 'message', parents=[
    {'column': 'partner_id', 'model': 'stg_partner_portal__partner', 'key': 'partner_id'},
]) }}
