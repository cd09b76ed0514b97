{{ base_rows('partner_portal', 'portal_login', parents=[
    {'column': 'person_id', 'model': 'stg_partner_portal__person', 'key': 'person_id'},
]) }}
