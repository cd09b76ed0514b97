{{ base_rows('zendesk', 'schedule') }}
