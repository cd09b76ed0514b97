{{ base_rows('zendesk', 'sla_policy_metric_history') }}
