{{ base_rows('stripe', 'product') }}
