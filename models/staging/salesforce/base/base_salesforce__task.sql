{{ base_rows('salesforce', 'task', parents=[
    {'column': 'account_id', 'model': 'stg_salesforce__account', 'key': 'account_id'},
]) }}
