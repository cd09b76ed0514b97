{{ base_rows('salesforce', 'user') }}
