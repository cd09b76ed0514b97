{# whole * part / total, half up to six places, with any signs: `portion` takes none below nothing. Nothing of nothing is
   nothing. Two amounts multiply safely up to nine trillion each. #}
{% macro signed_portion(whole, part, total) -%}
    case
        when ({{ total }}) = 0 then cast(0 as {{ type_money() }})
        when (({{ whole }}) < 0) <> ((({{ part }}) < 0) <> (({{ total }}) < 0))
            then -{{ portion('abs(' ~ whole ~ ')', 'abs(' ~ part ~ ')', 'nullif(abs(' ~ total ~ '), 0)', type_money()) }}
        else {{ portion('abs(' ~ whole ~ ')', 'abs(' ~ part ~ ')', 'nullif(abs(' ~ total ~ '), 0)', type_money()) }}
    end
{%- endmacro %}

{# An amount in whole cents, half up (away from nothing). #}
{% macro cents(amount) -%}
    cast(round({{ amount }}, 2) as {{ type_payout() }})
{%- endmacro %}

{% macro type_payout() -%}
    decimal(28, 2)
{%- endmacro %}

{# The part of a total, in whole cents, that falls to a row of a group: what the rows up to it get together, less what
   those before it get. So the parts add up to the total to the cent, in whatever order the rows arrive. The columns
   hold the total, the row's weight, the weight up to and with the row, and that of the group. #}
{% macro allocated_cents(total, weight, weight_so_far, weight_of_all) -%}
    {{ cents(signed_portion(total, weight_so_far, weight_of_all)) }}
    - {{ cents(signed_portion(total, '(' ~ weight_so_far ~ ' - ' ~ weight ~ ')', weight_of_all)) }}
{%- endmacro %}
