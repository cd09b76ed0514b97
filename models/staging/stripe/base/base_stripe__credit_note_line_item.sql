{{ base_rows('stripe', 'credit_note_line_item', parents=[
    {'column': 'credit_note_id', 'model': 'stg_stripe__credit_note', 'key': 'credit_note_id'},
]) }}
