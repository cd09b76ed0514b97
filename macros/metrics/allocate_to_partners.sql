{# The rows of a relation with `share_set_id` and `amount`, one for each member of the set, with
   `partner_id` and `partner_amount`. Every part is rounded; the member with the largest share takes what
   is left, so that the parts of one row (named by `row_key`) add up to its amount. #}
{% macro allocate_to_partners(relation, row_key) -%}
    select
        {{ relation }}.*,
        members.partner_id,
        {{ relation }}.amount as partner_amount
    from {{ relation }}
    inner join {{ ref('int_share_set_members') }} as members
        on {{ relation }}.share_set_id = members.share_set_id and members.member_count = 1
    union all
    select
        {{ relation }}.*,
        members.partner_id,
        case
            when not members.takes_remainder then {{ times(relation ~ '.amount', 'members.share') }}
            else cast(
                {{ relation }}.amount
                - sum(case when members.takes_remainder then 0 else {{ times(relation ~ '.amount', 'members.share') }} end)
                    over (partition by {% for column in row_key %}{{ relation }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
                as decimal(18, 6)
            )
        end as partner_amount
    from {{ relation }}
    inner join {{ ref('int_share_set_members') }} as members
        on {{ relation }}.share_set_id = members.share_set_id and members.member_count > 1
{%- endmacro %}
