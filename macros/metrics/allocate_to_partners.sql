{# The rows of a relation with a `share_set_id`, one for each member of the set, with `partner_id` and, for
   each amount, `partner_<amount>`. Every part is rounded to six places; the member with the largest share
   takes what is left, so that the parts of one row (named by `row_key`) add up to its amount. #}
{% macro allocate_to_partners(relation, row_key, amounts) -%}
    select
        {{ relation }}.*,
        members.partner_id
        {%- for amount in amounts %},
        {{ relation }}.{{ amount }} as partner_{{ amount }}
        {%- endfor %}
    from {{ relation }}
    inner join {{ ref('int_share_set_members') }} as members
        on {{ relation }}.share_set_id = members.share_set_id and members.member_count = 1
    union all
    select
        {{ relation }}.*,
        members.partner_id
        {%- for amount in amounts %},
        {%- set part = times(relation ~ '.' ~ amount, 'members.share') %}
        case
            when not members.takes_remainder then {{ part }}
            else cast(
                {{ relation }}.{{ amount }} - sum(case when members.takes_remainder then 0 else {{ part }} end)
                    over (partition by {% for column in row_key %}{{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
                as decimal(18, 6)
            )
        end as partner_{{ amount }}
        {%- endfor %}
    from {{ relation }}
    inner join {{ ref('int_share_set_members') }} as members
        on {{ relation }}.share_set_id = members.share_set_id and members.member_count > 1
{%- endmacro %}
