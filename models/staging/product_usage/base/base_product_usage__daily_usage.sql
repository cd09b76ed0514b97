{{ base_rows('product_usage', 'daily_usage') }}
