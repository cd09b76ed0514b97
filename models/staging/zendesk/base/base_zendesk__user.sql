{{ base_rows('zendesk', 'user') }}
