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

{# What pairs of two sides take of one another in turn: each pair takes what is left on both of its sides. A relation with a
   row for each pair that takes anything, with `keys`, `turn` and `amount`. Places count from 1 within the keys; a value is that of its place. #}
{% macro matched_in_turn(relation, keys, turn, left_place, right_place, left_value, right_value) -%}
    {{ return(adapter.dispatch('matched_in_turn', 'partner_metrics')(
        relation, keys, turn, left_place, right_place, left_value, right_value
    )) }}
{%- endmacro %}

{% macro default__matched_in_turn(relation, keys, turn, left_place, right_place, left_value, right_value) -%}
    {%- set amount = 'least(element_at(state.left_over, entry.left_place), element_at(state.right_over, entry.right_place))' -%}
    (select
        {{ keys | join(', ') }},
        taken.turn as {{ turn }},
        taken.amount
    from (
        select
            {{ keys | join(', ') }},
            explode(aggregate(
                array_sort(collect_list(named_struct(
                    'turn', cast({{ turn }} as bigint),
                    'left_place', cast({{ left_place }} as int),
                    'right_place', cast({{ right_place }} as int)
                ))),
                named_struct(
                    'left_over', transform(
                        array_sort(collect_set(named_struct(
                            'place', {{ left_place }}, 'amount', cast({{ left_value }} as decimal(28, 6))
                        ))),
                        x -> x.amount
                    ),
                    'right_over', transform(
                        array_sort(collect_set(named_struct(
                            'place', {{ right_place }}, 'amount', cast({{ right_value }} as decimal(28, 6))
                        ))),
                        x -> x.amount
                    ),
                    'taken', cast(array() as array<struct<turn: bigint, amount: decimal(28, 6)>>)
                ),
                (state, entry) -> named_struct(
                    'left_over', transform(
                        state.left_over,
                        (x, i) -> cast(case when i = entry.left_place - 1 then x - {{ amount }} else x end as decimal(28, 6))
                    ),
                    'right_over', transform(
                        state.right_over,
                        (x, i) -> cast(case when i = entry.right_place - 1 then x - {{ amount }} else x end as decimal(28, 6))
                    ),
                    'taken', concat(state.taken, filter(
                        array(named_struct('turn', entry.turn, 'amount', cast({{ amount }} as decimal(28, 6)))),
                        x -> x.amount > 0
                    ))
                ),
                state -> state.taken
            )) as taken
        from {{ relation }}
        group by {{ keys | join(', ') }}
    ) as folded) as pairs_that_take
{%- endmacro %}

{# list_reduce takes lists of one type only: what is left stands in a struct like that of a pair. #}
{% macro duckdb__matched_in_turn(relation, keys, turn, left_place, right_place, left_value, right_value) -%}
    {%- set amount = 'least(state.left_over[entry.left_place], state.right_over[entry.right_place])' -%}
    {%- set no_values = 'cast([] as decimal(28, 6)[])' -%}
    {%- set none_taken = 'cast([] as struct(turn bigint, amount decimal(28, 6))[])' -%}
    (select
        {{ keys | join(', ') }},
        taken.turn as {{ turn }},
        taken.amount
    from (
        select
            {{ keys | join(', ') }},
            unnest((list_reduce(
                pairs,
                lambda state, entry: case
                    when {{ amount }} = 0 then state
                    else struct_pack(
                        turn := entry.turn,
                        left_place := entry.left_place,
                        right_place := entry.right_place,
                        left_over := list_concat(
                            list_concat(
                                list_slice(state.left_over, 1, entry.left_place - 1),
                                [cast(state.left_over[entry.left_place] - {{ amount }} as decimal(28, 6))]
                            ),
                            list_slice(state.left_over, entry.left_place + 1, len(state.left_over))
                        ),
                        right_over := list_concat(
                            list_concat(
                                list_slice(state.right_over, 1, entry.right_place - 1),
                                [cast(state.right_over[entry.right_place] - {{ amount }} as decimal(28, 6))]
                            ),
                            list_slice(state.right_over, entry.right_place + 1, len(state.right_over))
                        ),
                        taken := list_append(
                            state.taken, struct_pack(turn := entry.turn, amount := cast({{ amount }} as decimal(28, 6)))
                        )
                    )
                end,
                struct_pack(
                    turn := cast(0 as bigint),
                    left_place := cast(0 as bigint),
                    right_place := cast(0 as bigint),
                    left_over := list_transform(list_sort(left_values), lambda x: x.amount),
                    right_over := list_transform(list_sort(right_values), lambda x: x.amount),
                    taken := {{ none_taken }}
                )
            )).taken) as taken
        from (
            select
                {{ keys | join(', ') }},
                list(struct_pack(
                    turn := cast({{ turn }} as bigint),
                    left_place := cast({{ left_place }} as bigint),
                    right_place := cast({{ right_place }} as bigint),
                    left_over := {{ no_values }},
                    right_over := {{ no_values }},
                    taken := {{ none_taken }}
                ) order by {{ turn }}) as pairs,
                list(distinct struct_pack(
                    place := {{ left_place }}, amount := cast({{ left_value }} as decimal(28, 6))
                )) as left_values,
                list(distinct struct_pack(
                    place := {{ right_place }}, amount := cast({{ right_value }} as decimal(28, 6))
                )) as right_values
            from {{ relation }}
            group by {{ keys | join(', ') }}
        ) as gathered
    ) as folded) as pairs_that_take
{%- endmacro %}
