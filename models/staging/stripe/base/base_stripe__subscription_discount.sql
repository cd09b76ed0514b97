{{ base_rows('stripe', 'subscription_discount', parents=[
    {'column': 'coupon_id', 'model': 'stg_stripe__coupon', 'key': 'coupon_id'},
    {'column': 'subscription_id', 'model': 'stg_stripe__subscription', 'key': 'subscription_id'},
    {'column': 'invoice_id', 'model': 'stg_stripe__invoice', 'key': 'invoice_id'},
]) }}
