{{ base_rows('stripe', 'customer_discount', parents=[
    {'column': 'coupon_id', 'model': 'stg_stripe__coupon', 'key': 'coupon_id'},
    {'column': 'customer_id', 'model': 'stg_stripe__customer', 'key': 'billing_account_id'},
]) }}
