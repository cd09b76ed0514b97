{{ base_rows('salesforce', 'event', parents=[
    {'column': 'account_id', 'model': 'stg_salesforce__account', 'key': 'account_id'},
]) }}
