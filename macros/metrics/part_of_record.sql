{# A partner's part of an amount, by the partners of record on a day (`int_growth__partners_of_record`, joined
   as `members`; no row stands for direct). Every part is rounded to six places; the member with the largest
   share takes what is left, so that the parts of one row (named by `row_key`) add up to its amount. #}
{% macro part_of_record(amount, row_key) -%}
    {%- set part = times(amount, 'members.share') -%}
    cast(
        case
            when coalesce(members.takes_remainder, true)
                then {{ amount }} - coalesce(sum(case when members.takes_remainder then 0 else {{ part }} end)
                    over (partition by {{ row_key | join(', ') }}), 0)
            else {{ part }}
        end
        as decimal(18, 6)
    )
{%- endmacro %}
