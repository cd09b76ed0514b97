{{ base_rows('zendesk', 'ticket', parents=[
    {'column': 'organization_id', 'model': 'stg_zendesk__organization', 'key': 'organization_id'},
]) }}
