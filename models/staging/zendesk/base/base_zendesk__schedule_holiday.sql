{{ base_rows('zendesk', 'schedule_holiday') }}
