{{ base_rows('partner_portal', 'partner_association', parents=[
    {'column': 'partner_id', 'model': 'stg_partner_portal__partner', 'key': 'partner_id'},
    {'column': 'customer_id', 'model': 'input_customer_names', 'key': 'named_id', 'same_source': false},
    {'column': 'role', 'model': 'partner_roles', 'key': 'role', 'reason': 'unknown_role', 'same_source': false},
    {'column': 'subscription_id', 'model': 'input_subscriptions', 'key': 'source_subscription_id', 'same_source': false},
]) }}
