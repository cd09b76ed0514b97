{{ base_rows('salesforce', 'opportunity_line_item', parents=[
    {'column': 'opportunity_id', 'model': 'stg_salesforce__opportunity', 'key': 'opportunity_id', 'match': 'case when not coalesce(typed.c_is_deleted, false) then typed.c_opportunity_id end'},
]) }}
