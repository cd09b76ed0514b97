{# What a line is for, to whom and where it goes: the columns that a calculated line and its postings share. #}
{% macro line_columns() -%}
    {{ return([
        'line_key', 'program_id', 'program_version_id', 'lever_id', 'partner_id', 'payee_id', 'customer_id', 'fund_wallet_id',
        'metric_id', 'payee_kind', 'bucket', 'incentive_nature', 'currency', 'verification',
        'period_start', 'period_end', 'first_occurred_on', 'payable_from',
    ]) }}
{%- endmacro %}
