{{ base_rows('salesforce', 'user_role') }}
