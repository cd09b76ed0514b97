{{ base_rows('salesforce', 'opportunity', parents=[
    {'column': 'account_id', 'model': 'stg_salesforce__account', 'key': 'account_id'},
]) }}
