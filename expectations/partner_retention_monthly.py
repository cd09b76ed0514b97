"""Whether partners keep customers at rates that can be, and near what was said before."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="partner_retention_monthly",
    title="Retention of each partner",
    description=(
        "All partners together, by window, for cohorts of 50 customers or more; partners one by "
        "one from 20 customers on, because one customer is a large part of a small cohort."
    ),
    frames=(
        Frame(
            sql=f"""
                select
                    window_months || ' months to ' || strftime(month_start, '%Y-%m') as subject,
                    sum(retained_mrr) / nullif(sum(cohort_mrr), 0) as nrr,
                    sum(gross_retained_mrr) / nullif(sum(cohort_mrr), 0) as grr,
                    sum(retained_customers) / sum(cohort_customers) as logo_retention,
                    avg((nrr is null)::int) as without_nrr_share
                from certified.partner_retention_monthly
                where {OPEN_MONTHS}
                group by window_months, month_start
                having sum(cohort_customers) >= 50
            """,
            measures={
                "nrr": "NRR of all partners together",
                "grr": "GRR of all partners together",
                "logo_retention": "Customers kept, of all partners together",
                "without_nrr_share": "Partners without NRR, of all partners",
            },
            if_empty="No open month has cohorts of 50 customers.",
        ),
        Frame(
            sql=f"""
                select
                    partner_id || ', ' || window_months || ' months to '
                    || strftime(month_start, '%Y-%m') as subject,
                    nrr as partner_nrr,
                    nrr_as_reported / nullif(nrr, 0) - 1 as exchange_rate_change
                from certified.partner_retention_monthly
                where cohort_customers >= 20 and {OPEN_MONTHS}
            """,
            measures={
                "partner_nrr": "NRR of a partner",
                "exchange_rate_change": "What exchange rates add to a partner's NRR as reported",
            },
            if_empty="No partner has a cohort of 20 customers in an open month.",
        ),
        Frame(
            sql=f"""
                select
                    now.partner_id || ', ' || now.window_months || ' months to '
                    || strftime(now.month_start, '%Y-%m') as subject,
                    now.nrr - said.nrr as restated_nrr_change
                from certified.partner_retention_monthly as now
                inner join before.partner_retention_monthly as said
                    on
                        now.partner_id = said.partner_id
                        and now.window_months = said.window_months
                        and now.month_start = said.month_start
                where now.cohort_customers >= 20 and now.{OPEN_MONTHS}
            """,
            measures={
                "restated_nrr_change": "Change of a partner's NRR since the last publication"
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
