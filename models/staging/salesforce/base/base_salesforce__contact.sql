{{ base_rows('salesforce', 'contact', parents=[
    {'column': 'account_id', 'model': 'stg_salesforce__account', 'key': 'account_id'},
]) }}
