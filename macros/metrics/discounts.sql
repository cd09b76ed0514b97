{# The discounts in force on items, of each coupon one, in the order in which the billing system applies them: those of
   the item or line first, then those of the invoice. The list of the billing system is not delivered: first comes what
   was given first, on one day percentages before amounts. While something narrower has one, that of the account does
   not apply. `slice` are the columns that name an interval or instant; `before_factor` is what the level before leaves,
   `after_factor` what the percentages behind it leave of an amount. #}
{% macro ordered_discounts(relation, slice) -%}
    {%- set item = 'subscription_item_id, ' ~ slice | join(', ') -%}
    {%- set level = item ~ ', is_of_item' -%}
    select
        *,
        cast((100 - percent_off) * 0.01 as decimal(7, 6)) as own_factor,
        {{ product_of('cast((100 - percent_off) * 0.01 as decimal(7, 6))', 'partition by ' ~ level ~ ' order by place rows between unbounded preceding and unbounded following') }} as level_factor,
        {{ product_of('cast((100 - percent_off) * 0.01 as decimal(7, 6))', 'partition by ' ~ level ~ ' order by place rows between 1 following and unbounded following') }} as after_factor,
        {{ product_of('cast((100 - percent_off) * 0.01 as decimal(7, 6))', 'partition by ' ~ item ~ ' order by is_of_item desc, place rows between unbounded preceding and unbounded following') }} as whole_factor
    from (
        select
            *,
            row_number() over (
                partition by {{ item }}
                order by is_of_item desc, started_date, case when percent_off > 0 then 0 else 1 end, coupon_id
            ) as place
        from (
            select
                *,
                case when scope in ('subscription_item', 'invoice_line') then 1 else 0 end as is_of_item,
                -- of the copies of one discount, that of the widest reach: it is spread over all that it covers
                row_number() over (
                    partition by {{ item }}, coupon_id
                    order by
                        case scope when 'subscription' then 1 when 'invoice' then 2 when 'customer' then 3 else 4 end,
                        started_date, discount_id, target
                ) as copy_number
            from (
                select
                    *,
                    max(case when scope in ('subscription', 'invoice') then 1 else 0 end) over (partition by {{ item }}) as has_own
                from {{ relation }}
            ) as with_own
            where has_own = 0 or scope <> 'customer'
        ) as copies
        where copy_number = 1
    ) as placed
{%- endmacro %}

{# What ordered discounts take off each item together: the percentages as one (`percent_off`) and what the amounts take
   off in the end (`amount_off`). An amount off an invoice is spread over the items that it covers in proportion to what
   their own discounts leave; what rounding leaves goes to the largest. The rows also need `gross_mrr`, `numerator` and
   `denominator`. #}
{% macro discount_totals(relation, slice) -%}
    {%- set item = 'subscription_item_id, ' ~ slice | join(', ') -%}
    {%- set pool = 'partition by subscription_id, coupon_id, is_of_item, ' ~ slice | join(', ') -%}
    select
        {{ item }},
        min(coupon_id) || case when count(*) > 1 then '+' || cast(count(*) as {{ dbt.type_string() }}) else '' end as discount_key,
        cast((1 - min(whole_factor)) * 100 as decimal(19, 16)) as percent_off,
        cast(
            coalesce(sum(case when is_of_item = 1 then {{ lessened(lessened('whole_amount', 'after_factor'), 'invoice_factor') }} end), 0)
            + coalesce(sum(case when is_of_item = 0 then {{ lessened('part', 'after_factor') }} end), 0)
            as decimal(18, 6)
        ) as amount_off
    from (
        select
            *,
            case
                when size_rank > 1 then proportion
                else proportion + least(whole_amount, pool_value) - sum(proportion) over ({{ pool }})
            end as part
        from (
            select
                *,
                coalesce({{ portion('least(whole_amount, pool_value)', 'item_value', 'nullif(pool_value, 0)') }}, 0) as proportion,
                row_number() over ({{ pool }} order by item_value desc, subscription_item_id asc) as size_rank
            from (
                select
                    *,
                    sum(item_value) over ({{ pool }}) as pool_value
                from (
                    select
                        *,
                        greatest(
                            {{ lessened('gross_mrr', 'coalesce(max(case when is_of_item = 1 then level_factor end) over (partition by ' ~ item ~ '), 1)') }}
                            - coalesce(sum(case when is_of_item = 1 then {{ lessened('whole_amount', 'after_factor') }} end) over (partition by {{ item }}), 0),
                            0
                        ) as item_value,
                        coalesce(max(case when is_of_item = 0 then level_factor end) over (partition by {{ item }}), 1) as invoice_factor
                    from (
                        select
                            *,
                            -- no coupon takes off more than an item can cost
                            {{ scaled('least(amount_off, ' ~ largest_native_rate() ~ ' * 0.1)', 'numerator', 'denominator') }} as whole_amount
                        from {{ relation }}
                    ) as monthly
                ) as valued
            ) as pooled
        ) as spread
    ) as settled
    group by {{ item }}
{%- endmacro %}
