{# What a discount hangs on, in one word, from the type that the billing system gives, else from the prefix of the id
   beside it, else from the narrowest of the older columns. A credit note or a checkout is none that lowers a rate. #}
{% macro discount_scope(type, type_id) -%}
    case
        when lower({{ type }}) in ('customer', 'subscription', 'subscription_item', 'invoice') then lower({{ type }})
        when lower({{ type }}) in ('invoice_item', 'invoiceitem', 'invoice_line_item', 'invoice_line', 'line_item', 'line')
            then 'invoice_line'
        when lower({{ type }}) like 'credit_note%' then 'credit_note'
        when {{ type_id }} like 'cus\_%' escape '\' then 'customer'
        when {{ type_id }} like 'sub\_%' escape '\' then 'subscription'
        when {{ type_id }} like 'si\_%' escape '\' then 'subscription_item'
        when {{ type_id }} like 'in\_%' escape '\' then 'invoice'
        when {{ type_id }} like 'il\_%' escape '\' then 'invoice_line'
    end
{%- endmacro %}

{# An id of the older columns, or the one beside the type where the type says what it is of. #}
{% macro discount_target(scope, typed, column, id_column, type_id) -%}
    coalesce({{ typed }}{{ id_column }}, case when {{ scope }} = '{{ column }}' then {{ typed }}{{ type_id }} end)
{%- endmacro %}

{# An id that is delivered as it is or inside of the whole object. #}
{% macro id_of(expression) -%}
    case when left({{ expression }}, 1) = '{' then {{ json_text(expression, 'id') }} else {{ expression }} end
{%- endmacro %}

{# The coupon of a discount: by its id, as an object, or under `source` (since 2025-09). #}
{% macro discount_coupon(typed='') -%}
    coalesce(
        {{ typed }}coupon_id,
        {{ id_of(typed ~ 'coupon') }},
        {{ id_of(typed ~ 'source_coupon') }},
        {{ id_of(json_text(typed ~ 'source', 'coupon')) }},
        case when left({{ typed }}source, 1) <> '{' then {{ typed }}source end
    )
{%- endmacro %}
