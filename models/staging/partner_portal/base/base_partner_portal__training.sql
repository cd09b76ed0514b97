{{ base_rows('partner_portal', 'training', parents=[
    {'column': 'person_id', 'model': 'stg_partner_portal__person', 'key': 'person_id'},
    {'column': 'course_id', 'model': 'stg_partner_portal__course', 'key': 'course_id'},
]) }}
