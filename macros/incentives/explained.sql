{# Sentences of an explanation. Figures stand in columns of their own; these say what they are. #}

{# How the paid measure is read. Reads a row of metric_bindings. #}
{% macro measured_by_text(binding, is_read_at_end) -%}
    'Pays on ' || {{ binding }}.metric_id || ', version ' || cast({{ binding }}.metric_version as {{ dbt.type_string() }})
    || case {{ binding }}.time_window
        when 'trailing_12_months' then ', over twelve months'
        when 'fiscal_year_to_date' then ', since the fiscal year began'
        when 'since_start' then ', since it began'
        else ''
    end
    || case {{ binding }}.comparator
        when 'none' then case when {{ is_read_at_end }} then ', as it stands at the end of the period' else ', added up over the period' end
        when 'prior_month' then ', against the month before'
        when 'same_month_last_year' then ', against the same month of last year'
        when 'prior_4_quarters' then ', against the four quarters before'
        else ', against a fixed value'
    end
    || case when {{ binding }}.level in ('customer', 'customer_product') and {{ binding }}.comparator <> 'none'
        then ', customer by customer' else '' end
{%- endmacro %}

{# Whether a condition is met, and why. Reads a row of int_incentives__gate_conditions_met. #}
{% macro condition_text(condition) -%}
    case
        when {{ condition }}.tier_id is not null then 'Tier ' || {{ condition }}.tier_id || ' or a higher one'
        else coalesce({{ condition }}.binding_id, {{ condition }}.scorecard_id, 'Condition') || ' ' || {{ condition }}.operator || ' '
            || {{ number_text(condition ~ '.threshold', 2) }}
    end
    || ': ' || case {{ condition }}.reason
        when 'met' then 'met'
        when 'not_met' then 'not met'
        when 'no_value' then 'not met, because there is no value'
        when 'exempt_new_partner' then 'not asked of a new partner'
        when 'grandfathered' then 'met once, which is enough'
        when 'cured' then 'met again in time'
        when 'exception' then 'granted as an exception'
        else replace({{ condition }}.reason, '_', ' ')
    end
{%- endmacro %}

{# How a band pays. Reads a row with the band that is taken, and the band as the program has it. #}
{% macro band_text(taken, band) -%}
    case {{ taken }}.rate_basis
        when 'flat' then 'One rate for all of it'
        when 'slab' then 'The band that is reached pays for all of it'
        when 'stepped' then 'This band pays for its own part'
        when 'tier_lookup' then 'The rate of the tier'
        when 'linear' then 'The rate rises within the band'
        when 'per_unit' then 'An amount for each'
        when 'fixed_amount' then 'A fixed amount'
        else 'The rate of the band that the share of the target reaches'
    end
    || case
        when {{ band }}.lower_bound = 0 and {{ band }}.upper_bound is null then ''
        else ', from ' || {{ number_text(band ~ '.lower_bound', 2) }}
            || coalesce(' to below ' || {{ number_text(band ~ '.upper_bound', 2) }}, '')
    end
    || coalesce(', for ' || replace({{ band }}.condition_key, '_', ' '), '')
    || coalesce(', tier ' || {{ band }}.tier_id, '')
{%- endmacro %}

{# The part of the qualifying value that lies in a band, up to the band's cap. #}
{% macro part_in_band(band) -%}
    greatest(least(
        {{ band }}.qualifying_value,
        coalesce({{ band }}.upper_bound, {{ band }}.qualifying_value),
        {{ band }}.lower_bound + coalesce({{ band }}.measure_cap, {{ band }}.qualifying_value)
    ) - {{ band }}.lower_bound, 0)
{%- endmacro %}
