{{ base_rows('zendesk', 'group') }}
