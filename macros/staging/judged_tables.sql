{# Every contracted table, as [source, table]: what the audit counts and collects. A test compares the list
   with the contracts, because dbt has to know the refs before it has read the contracts. #}
{% macro judged_tables() %}
    {{ return([
        ['stripe', 'customer'], ['stripe', 'product'], ['stripe', 'price'], ['stripe', 'plan'],
        ['stripe', 'coupon'], ['stripe', 'discount'], ['stripe', 'subscription_discount'],
        ['stripe', 'customer_discount'], ['stripe', 'invoice_discount'],
        ['stripe', 'subscription'], ['stripe', 'subscription_history'], ['stripe', 'subscription_item'],
        ['stripe', 'invoice'], ['stripe', 'invoice_line_item'], ['stripe', 'charge'], ['stripe', 'refund'],
        ['stripe', 'credit_note'], ['stripe', 'credit_note_line_item'],
        ['salesforce', 'account'], ['salesforce', 'account_history'], ['salesforce', 'contact'],
        ['salesforce', 'user'], ['salesforce', 'user_role'], ['salesforce', 'opportunity'],
        ['salesforce', 'opportunity_history'], ['salesforce', 'opportunity_line_item'],
        ['salesforce', 'product_2'], ['salesforce', 'task'], ['salesforce', 'event'], ['salesforce', 'lead'],
        ['zendesk', 'brand'], ['zendesk', 'group'], ['zendesk', 'organization'], ['zendesk', 'schedule'],
        ['zendesk', 'schedule_holiday'], ['zendesk', 'sla_policy_metric_history'], ['zendesk', 'ticket'],
        ['zendesk', 'ticket_comment'], ['zendesk', 'ticket_field_history'], ['zendesk', 'ticket_schedule'],
        ['zendesk', 'ticket_sla_policy'], ['zendesk', 'ticket_tag'], ['zendesk', 'user'],
        ['partner_portal', 'partner'], ['partner_portal', 'partner_association'], ['partner_portal', 'person'],
        ['partner_portal', 'course'], ['partner_portal', 'certification'], ['partner_portal', 'training'],
        ['partner_portal', 'portal_login'], ['partner_portal', 'message'],
        ['partner_portal', 'deal_registration'],
        ['product_usage', 'daily_usage'],
        ['exchange_rates', 'daily_rate'],
    ]) }}
{% endmacro %}
