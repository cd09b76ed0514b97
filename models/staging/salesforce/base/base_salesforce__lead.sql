{{ base_rows('salesforce', 'lead') }}
