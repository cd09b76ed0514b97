{{ base_rows('stripe', 'refund', parents=[
    {'column': 'charge_id', 'model': 'stg_stripe__charge', 'key': 'charge_id'},
]) }}
