{{ base_rows('salesforce', 'account') }}
