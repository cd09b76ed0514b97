{#
  The status that counts where the billing system pauses collection beside its own status: voided or given-up invoices are a
  pause, kept drafts are service at risk (`collection_paused`). A pause that was to end before `at` has ended.
#}
{% macro collected_status(at, version='') -%}
    {%- set of = version ~ '.' if version else '' -%}
    case
        when {{ of }}status not in ('active', 'past_due') or {{ of }}pause_behavior is null then {{ of }}status
        when {{ of }}pause_resumes_at <= {{ at }} then {{ of }}status
        when {{ of }}pause_behavior in ('void', 'mark_uncollectible') then 'paused'
        when {{ of }}status = 'active' then 'collection_paused'
        else {{ of }}status
    end
{%- endmacro %}
