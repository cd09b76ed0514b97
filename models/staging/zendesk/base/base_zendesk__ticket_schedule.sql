{{ base_rows('zendesk', 'ticket_schedule', parents=[
    {'column': 'ticket_id', 'model': 'stg_zendesk__ticket', 'key': 'ticket_id'},
]) }}
