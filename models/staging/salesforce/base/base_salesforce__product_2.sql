{{ base_rows('salesforce', 'product_2') }}
