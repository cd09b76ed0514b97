{#- the billing account is filled on all: whose it is matters for one of the account only -#}
{% set scope = discount_scope('typed.c_type', 'typed.c_type_id') %}
{% set narrower = 'coalesce(typed.c_invoice_item_id, typed.c_invoice_id, typed.c_subscription_item_id, typed.c_subscription_id)' %}
{{ base_rows('stripe', 'discount', parents=[
    {'column': 'coupon_id', 'model': 'stg_stripe__coupon', 'key': 'coupon_id', 'match': "coalesce(" ~ discount_coupon('typed.c_') ~ ", 'none')"},
    {'column': 'customer_id', 'model': 'stg_stripe__customer', 'key': 'billing_account_id', 'match': "case when coalesce(" ~ scope ~ ", case when " ~ narrower ~ " is null then 'customer' end) = 'customer' then " ~ discount_target(scope, 'typed.c_', 'customer', 'customer_id', 'type_id') ~ " end"},
    {'column': 'subscription_id', 'model': 'stg_stripe__subscription', 'key': 'subscription_id', 'match': discount_target(scope, 'typed.c_', 'subscription', 'subscription_id', 'type_id')},
    {'column': 'subscription_item_id', 'model': 'stg_stripe__known_item', 'key': 'subscription_item_id', 'match': discount_target(scope, 'typed.c_', 'subscription_item', 'subscription_item_id', 'type_id')},
    {'column': 'invoice_id', 'model': 'stg_stripe__invoice', 'key': 'invoice_id', 'match': discount_target(scope, 'typed.c_', 'invoice', 'invoice_id', 'type_id')},
]) }}
