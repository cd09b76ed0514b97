{# What waits after each row of a window while amounts are kept back until they reach a minimum together: then all of it
   is let go, and the count starts anew. A sum below nothing is not kept back. `window` is the name of an ordered window. #}
{% macro waiting_below(amount, minimum, window) -%}
    {{ return(adapter.dispatch('waiting_below', 'partner_metrics')(amount, minimum, window)) }}
{%- endmacro %}

{% macro default__waiting_below(amount, minimum, window) -%}
    aggregate(
        collect_list(cast({{ amount }} as decimal(28, 2))) over ({{ window }} rows between unbounded preceding and current row),
        cast(0 as decimal(28, 2)),
        (waiting, next) -> case
            when waiting + next between 0 and {{ minimum }} and waiting + next < {{ minimum }}
                then cast(waiting + next as decimal(28, 2))
            else cast(0 as decimal(28, 2))
        end
    )
{%- endmacro %}

{% macro duckdb__waiting_below(amount, minimum, window) -%}
    list_reduce(
        list(cast({{ amount }} as decimal(28, 2))) over ({{ window }} rows between unbounded preceding and current row),
        lambda waiting, next: case
            when waiting + next >= 0 and waiting + next < {{ minimum }} then cast(waiting + next as decimal(28, 2))
            else cast(0 as decimal(28, 2))
        end,
        cast(0 as decimal(28, 2))
    )
{%- endmacro %}
