{{ base_rows('zendesk', 'ticket_field_history', parents=[
    {'column': 'ticket_id', 'model': 'stg_zendesk__ticket', 'key': 'ticket_id'},
]) }}
