"""Column lists of every raw and truth table.

One letter a type: s text, i whole number, b boolean, t instant (UTC, no zone), e instant at which a
history version ends (one millisecond before the next one), d date, and decimals that are written as
whole numbers of their last place: m decimal(18,6), h decimal(9,6), p decimal(18,4), c decimal(9,4).

Columns of the connectors' shapes that the simulator has nothing to say about are left out, as they
are in many a company's extract.
"""

from __future__ import annotations

RAW: dict[str, str] = {
    "stripe.account": """
        id:s business_profile_name:s business_type:s charges_enabled:b
        company_address_country:s company_name:s _fivetran_synced:t""",
    "stripe.customer": """
        id:s _fivetran_synced:t account_balance:i address_city:s address_country:s
        balance:i created:t currency:s delinquent:b description:s email:s is_deleted:b
        livemode:b name:s tax_exempt:s metadata:s""",
    "stripe.product": """
        id:s _fivetran_synced:t active:b created:t description:s is_deleted:b livemode:b
        metadata:s name:s type:s unit_label:s updated:t""",
    "stripe.price": """
        id:s _fivetran_synced:t active:b billing_scheme:s created:t currency:s
        is_deleted:b livemode:b metadata:s nickname:s product_id:s
        recurring_aggregate_usage:s recurring_interval:s recurring_interval_count:i
        recurring_usage_type:s type:s unit_amount:i unit_amount_decimal:s""",
    "stripe.plan": """
        id:s _fivetran_synced:t active:b amount:i billing_scheme:s created:t currency:s
        interval:s interval_count:i is_deleted:b livemode:b nickname:s product_id:s
        usage_type:s""",
    "stripe.coupon": """
        id:s amount_off:i created:t currency:s duration:s duration_in_months:i
        livemode:b metadata:s name:s percent_off:s times_redeemed:i valid:b
        _fivetran_synced:t""",
    "stripe.discount": """
        id:s type:s type_id:s _fivetran_synced:t amount:i coupon_id:s customer_id:s
        end:t invoice_id:s promotion_code:s start:t subscription_id:s""",
    "stripe.subscription_discount": """
        id:s _fivetran_synced:t coupon_id:s customer_id:s end:t invoice_id:s start:t
        subscription_id:s""",
    "stripe.subscription": """
        id:s _fivetran_synced:t billing:s billing_cycle_anchor:t cancel_at:t
        cancel_at_period_end:b canceled_at:t created:t current_period_end:t
        current_period_start:t customer_id:s days_until_due:i ended_at:t livemode:b
        metadata:s quantity:i start_date:t status:s trial_end:t trial_start:t""",
    "stripe.subscription_history": """
        id:s _fivetran_synced:t _fivetran_active:b _fivetran_start:t _fivetran_end:e
        billing:s billing_cycle_anchor:t cancel_at:t cancel_at_period_end:b
        canceled_at:t created:t current_period_end:t current_period_start:t
        customer_id:s days_until_due:i ended_at:t livemode:b metadata:s quantity:i
        start_date:t status:s trial_end:t trial_start:t""",
    "stripe.subscription_item": """
        _fivetran_synced:t created:t current_period_end:t current_period_start:t id:s
        metadata:s plan_id:s quantity:i subscription_id:s""",
    "stripe.invoice": """
        id:s _fivetran_synced:t created:t currency:s customer_id:s due_date:t
        is_deleted:b livemode:b period_end:t period_start:t subscription_id:s
        amount_due:i amount_paid:i amount_remaining:i subtotal:i tax:i total:i
        attempt_count:i auto_advance:b billing_reason:s metadata:s number:s paid:b
        status:s""",
    "stripe.invoice_line_item": """
        id:s invoice_id:s _fivetran_synced:t amount:i currency:s description:s
        discountable:b livemode:b period_end:t period_start:t plan_id:s proration:b
        quantity:i subscription_id:s subscription_item_id:s type:s unique_id:s
        metadata:s""",
    "stripe.charge": """
        id:s _fivetran_synced:t amount:i amount_refunded:i captured:b created:t
        currency:s customer_id:s failure_code:s failure_message:s invoice_id:s
        livemode:b paid:b refunded:b status:s""",
    "stripe.refund": """
        id:s _fivetran_synced:t amount:i charge_id:s created:t currency:s reason:s
        status:s""",
    "stripe.credit_note": """
        id:s amount:i created:t currency:s discount_amount:i subtotal:i total:i
        livemode:b memo:s metadata:s number:s reason:s status:s type:s voided_at:t
        invoice_id:s refund_id:s _fivetran_synced:t""",
    "stripe.credit_note_line_item": """
        credit_note_id:s id:s amount:i discount_amount:i description:s livemode:b
        quantity:i type:s unit_amount:i unit_amount_decimal:s _fivetran_synced:t""",
    "salesforce.account": """
        _fivetran_synced:t account_number:s account_source:s annual_revenue:i
        billing_city:s billing_country:s billing_country_code:s description:s id:s
        industry:s is_deleted:b last_activity_date:d master_record_id:s name:s
        number_of_employees:i owner_id:s parent_id:s rating:s type:s website:s
        _fivetran_active:b segment_c:s region_c:s""",
    "salesforce.account_history": """
        _fivetran_active:b _fivetran_start:t _fivetran_end:e _fivetran_synced:t
        account_number:s annual_revenue:i billing_country:s id:s industry:s is_deleted:b
        name:s number_of_employees:i owner_id:s parent_id:s rating:s type:s""",
    "salesforce.contact": """
        id:s _fivetran_synced:t account_id:s created_date:t department:s email:s
        first_name:s is_deleted:b last_activity_date:d last_modified_date:t last_name:s
        name:s owner_id:s title:s lead_source:s _fivetran_active:b""",
    "salesforce.user": """
        _fivetran_deleted:b _fivetran_synced:t alias:s department:s email:s first_name:s
        id:s is_active:b last_name:s manager_id:s name:s title:s user_role_id:s
        user_type:s username:s _fivetran_active:b""",
    "salesforce.user_role": """
        _fivetran_deleted:b _fivetran_synced:t developer_name:s id:s name:s
        parent_role_id:s _fivetran_active:b""",
    "salesforce.opportunity": """
        _fivetran_synced:t account_id:s amount:p close_date:d created_date:t
        currency_iso_code:s forecast_category:s forecast_category_name:s id:s is_closed:b
        is_deleted:b is_won:b last_activity_date:d lead_source:s name:s next_step:s owner_id:s
        probability:i record_type_id:s stage_name:s type:s _fivetran_active:b""",
    "salesforce.opportunity_history": """
        _fivetran_active:b _fivetran_start:t _fivetran_end:e _fivetran_synced:t
        account_id:s amount:p close_date:d created_date:t forecast_category:s id:s
        is_closed:b is_deleted:b is_won:b lead_source:s name:s owner_id:s probability:i
        stage_name:s type:s""",
    "salesforce.opportunity_line_item": """
        product_2_id:s quantity:i total_price:p description:s unit_price:p
        _fivetran_synced:t is_deleted:b opportunity_id:s service_date:d name:s id:s
        created_date:t sort_order:i _fivetran_active:b""",
    "salesforce.product_2": """
        is_active:b description:s product_code:s _fivetran_synced:t is_deleted:b name:s
        id:s created_date:t family:s external_id:s _fivetran_active:b""",
    "salesforce.task": """
        who_id:s owner_id:s subject:s description:s _fivetran_synced:t is_deleted:b id:s
        is_closed:b activity_date:d priority:s account_id:s created_date:t what_id:s
        task_subtype:s status:s type:s completed_date_time:t _fivetran_active:b""",
    "salesforce.event": """
        id:s _fivetran_synced:t account_id:s activity_date:d activity_date_time:t
        created_date:t description:s duration_in_minutes:i end_date_time:t is_deleted:b
        owner_id:s start_date_time:t subject:s type:s what_id:s who_id:s
        _fivetran_active:b""",
    "salesforce.lead": """
        country:s owner_id:s lead_source:s converted_date:d id:s name:s is_converted:b
        status:s industry:s title:s _fivetran_synced:t converted_opportunity_id:s
        is_deleted:b company:s first_name:s email:s last_name:s number_of_employees:i
        created_date:t converted_account_id:s _fivetran_active:b""",
    "zendesk.organization": """
        id:i _fivetran_synced:t created_at:t details:s external_id:s group_id:i name:s
        notes:s shared_comments:b shared_tickets:b updated_at:t url:s""",
    "zendesk.user": """
        id:i _fivetran_synced:t active:b created_at:t email:s external_id:s
        last_login_at:t locale:s name:s organization_id:i role:s suspended:b time_zone:s
        updated_at:t verified:b""",
    "zendesk.group": """
        id:i _fivetran_deleted:b _fivetran_synced:t created_at:t name:s updated_at:t
        url:s""",
    "zendesk.brand": """
        id:i _fivetran_deleted:b _fivetran_synced:t active:b brand_url:s default:b
        name:s subdomain:s url:s""",
    "zendesk.ticket": """
        id:i _fivetran_synced:t assignee_id:i brand_id:i created_at:t description:s
        due_at:t external_id:s group_id:i has_incidents:b is_public:b organization_id:i
        priority:s requester_id:i status:s subject:s submitter_id:i type:s updated_at:t
        via_channel:s""",
    "zendesk.ticket_comment": """
        id:i _fivetran_synced:t body:s created:t public:b ticket_id:i user_id:i
        voice_comment:b""",
    "zendesk.ticket_field_history": """
        field_name:s ticket_id:i updated:t _fivetran_synced:t user_id:i value:s""",
    "zendesk.ticket_tag": "tag:s ticket_id:i _fivetran_synced:t",
    "zendesk.schedule": """
        end_time:i id:i start_time:i _fivetran_deleted:b _fivetran_synced:t
        end_time_utc:i name:s start_time_utc:i time_zone:s created_at:t""",
    "zendesk.schedule_holiday": """
        id:i schedule_id:i _fivetran_deleted:b _fivetran_synced:t end_date:d name:s
        start_date:d""",
    "zendesk.ticket_schedule": "created_at:t ticket_id:i _fivetran_synced:t schedule_id:i",
    "zendesk.sla_policy_metric_history": """
        sla_policy_id:i index:i sla_policy_updated_at:t business_hours:b metric:s
        priority:s target:i _fivetran_synced:t""",
    "zendesk.ticket_sla_policy": """
        ticket_id:i sla_policy_id:i policy_applied_at:t _fivetran_synced:t""",
    "partner_portal.partner": """
        id:s name:s partner_type:s parent_partner_id:s tier:s region:s country_code:s
        crm_account_id:s billing_account_id:s status:s joined_at:t terminated_at:t
        is_deleted:b created_at:t updated_at:t _fivetran_synced:t""",
    "partner_portal.partner_association": """
        id:s customer_id:s subscription_id:s partner_id:s role:s is_of_record:b
        split_percent:c valid_from:t valid_to:t recorded_at:t is_deleted:b
        _fivetran_synced:t""",
    "partner_portal.person": """
        id:s partner_id:s full_name:s email:s role:s crm_contact_id:s joined_at:t
        left_at:t is_deleted:b _fivetran_synced:t""",
    "partner_portal.course": """
        id:s name:s track:s level:s is_delta:b extends_course_id:s released_at:t
        retired_at:t _fivetran_synced:t""",
    "partner_portal.certification": """
        id:s person_id:s course_id:s completed_at:t revoked_at:t _fivetran_synced:t""",
    "partner_portal.training": """
        id:s person_id:s course_id:s enrolled_at:t completed_at:t progress_percent:i
        _fivetran_synced:t""",
    "partner_portal.portal_login": "id:s person_id:s logged_in_at:t _fivetran_synced:t",
    "partner_portal.message": """
        id:s partner_id:s person_id:s thread_id:s in_reply_to_id:s direction:s topic:s
        channel:s sent_at:t read_at:t answered_at:t _fivetran_synced:t""",
    "partner_portal.deal_registration": """
        id:s partner_id:s person_id:s customer_id:s opportunity_id:s product_id:s
        amount:p currency:s status:s submitted_at:t decided_at:t expires_at:t
        closed_at:t _fivetran_synced:t""",
    "product_usage.daily_usage": """
        subscription_item_id:s usage_date:d seats_bought:i seats_used:i active_users:i
        feature_events:i _fivetran_synced:t""",
    "exchange_rates.daily_rate": "base_currency:s currency:s rate_date:d rate:m _fivetran_synced:t",
}

TRUTH: dict[str, str] = {
    "mrr_item_days": """
        subscription_item_id:s subscription_id:s customer_id:s product_id:s currency:s
        from_date:d to_date:d mrr:m is_at_risk:b""",
    "partner_shares": "subscription_id:s partner_id:s share:h from_date:d to_date:d",
    "movements": """
        movement_date:d customer_id:s partner_id:s product_id:s currency:s movement:s
        reason:s amount:m""",
    "care": """
        customer_id:s role_id:s segment:s is_settled:b is_renewed:b has_expanded:b
        probability:h is_cared:b""",
    "care_effects": "role_id:s outcome_id:s log_odds:h",
    "dirt_log": "source:s table:s key:s kind:s",
}


def columns(spec: str) -> list[tuple[str, str]]:
    """(name, type letter) pairs of a table's column list."""
    pairs = (entry.rsplit(":", 1) for entry in spec.split())
    return [(name, letter) for name, letter in pairs]


def position(table: str, column: str) -> int:
    """Index of a column in the rows of a raw table."""
    names = [name for name, _ in columns(RAW[table])]
    return names.index(column)
