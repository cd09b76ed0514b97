{{ base_rows('stripe', 'coupon') }}
