{{ base_rows('salesforce', 'account_history', parents=[
    {'column': 'id', 'model': 'stg_salesforce__account', 'key': 'account_id'},
]) }}
