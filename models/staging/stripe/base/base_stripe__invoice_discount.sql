{{ base_rows('stripe', 'invoice_discount', parents=[
    {'column': 'coupon_id', 'model': 'stg_stripe__coupon', 'key': 'coupon_id'},
    {'column': 'invoice_id', 'model': 'stg_stripe__invoice', 'key': 'invoice_id'},
]) }}
