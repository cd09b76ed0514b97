{{ base_rows('zendesk', 'organization') }}
