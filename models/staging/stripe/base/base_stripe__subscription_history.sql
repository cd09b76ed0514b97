{{ base_rows('stripe', 'subscription_history', parents=[
    {'column': 'id', 'model': 'stg_stripe__subscription', 'key': 'subscription_id'},
]) }}
