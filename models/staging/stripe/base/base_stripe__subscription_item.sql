{{ base_rows('stripe', 'subscription_item', parents=[
    {'column': 'subscription_id', 'model': 'stg_stripe__subscription', 'key': 'subscription_id'},
    {'column': 'plan_id', 'model': 'stg_stripe__price', 'key': 'price_id', 'reason': 'unknown_price'},
]) }}
