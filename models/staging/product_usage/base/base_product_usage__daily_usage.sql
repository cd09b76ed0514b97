{{ base_rows('product_usage', 'daily_usage', parents=[
    {'column': 'subscription_item_id', 'model': 'stg_product_usage__known_item', 'key': 'subscription_item_id', 'same_source': false},
]) }}
