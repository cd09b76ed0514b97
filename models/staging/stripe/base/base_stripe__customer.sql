{{ base_rows('stripe', 'customer') }}
