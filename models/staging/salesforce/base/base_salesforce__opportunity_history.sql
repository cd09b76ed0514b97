{{ base_rows('salesforce', 'opportunity_history') }}
