{{ base_rows('partner_portal', 'person', parents=[
    {'column': 'partner_id', 'model': 'stg_partner_portal__partner', 'key': 'partner_id'},
]) }}
