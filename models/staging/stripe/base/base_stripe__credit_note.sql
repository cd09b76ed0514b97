{{ base_rows('stripe', 'credit_note', parents=[
    {'column': 'invoice_id', 'model': 'stg_stripe__invoice', 'key': 'invoice_id'},
]) }}
