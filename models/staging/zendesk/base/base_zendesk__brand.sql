{{ base_rows('zendesk', 'brand') }}
