{{ base_rows('stripe', 'discount', parents=[
    {'column': 'coupon_id', 'model': 'stg_stripe__coupon', 'key': 'coupon_id'},
]) }}
