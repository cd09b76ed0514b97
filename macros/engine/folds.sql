{# What waits after each row of a window while amounts are kept back until they reach a minimum together: then all of it
   is let go, and the count starts anew. A sum below nothing is not kept back. `window` is the name of an ordered window. #}
{% macro waiting_below(amount, minimum, window) -%}
    {{ return(adapter.dispatch('waiting_below', 'partner_metrics')(amount, minimum, window)) }}
{%- endmacro %}

{% macro default__waiting_below(amount, minimum, window) -%}
    aggregate(
        collect_list(named_struct('amount', cast({{ amount }} as decimal(28, 2)), 'minimum', cast({{ minimum }} as decimal(28, 2))))
            over ({{ window }} rows between unbounded preceding and current row),
        cast(0 as decimal(28, 2)),
        (waiting, entry) -> case
            when waiting + entry.amount >= 0 and waiting + entry.amount < entry.minimum
                then cast(waiting + entry.amount as decimal(28, 2))
            else cast(0 as decimal(28, 2))
        end
    )
{%- endmacro %}

{# The minimum stands in the list: DuckDB 1.5 gives a column that is named inside of list_reduce the value of another row. #}
{% macro duckdb__waiting_below(amount, minimum, window) -%}
    (list_reduce(
        list(struct_pack(amount := cast({{ amount }} as decimal(28, 2)), minimum := cast({{ minimum }} as decimal(28, 2))))
            over ({{ window }} rows between unbounded preceding and current row),
        lambda waiting, entry: struct_pack(
            amount := case
                when waiting.amount + entry.amount >= 0 and waiting.amount + entry.amount < entry.minimum
                    then cast(waiting.amount + entry.amount as decimal(28, 2))
                else cast(0 as decimal(28, 2))
            end,
            minimum := entry.minimum
        ),
        struct_pack(amount := cast(0 as decimal(28, 2)), minimum := cast(0 as decimal(28, 2)))
    )).amount
{%- endmacro %}

{# The product of factors between 0 and 1 that have at most six places, over an ordered window with its frame; 1 where
   the frame is empty. Eighteen places hold three of them to the last decimal, and nine whole percentages. #}
{% macro product_of(factor, window) -%}
    {{ return(adapter.dispatch('product_of', 'partner_metrics')(factor, window)) }}
{%- endmacro %}

{% macro default__product_of(factor, window) -%}
    aggregate(
        collect_list(cast({{ factor }} as decimal(7, 6))) over ({{ window }}),
        cast(1 as decimal(19, 18)),
        (product, entry) -> cast(round(product * entry, 18) as decimal(19, 18))
    )
{%- endmacro %}

{% macro duckdb__product_of(factor, window) -%}
    coalesce(list_reduce(
        list(cast({{ factor }} as decimal(19, 18))) over ({{ window }}),
        lambda product, entry: cast(
            round(cast(product as decimal(19, 18)) * cast(entry as decimal(7, 6)), 18) as decimal(19, 18)
        )
    ), cast(1 as decimal(19, 18)))
{%- endmacro %}
