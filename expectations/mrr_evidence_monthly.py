"""Whether MRR is what invoices say: a shape of raw data that is read wrongly shows here."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

# What neither a change within a period, nor an odd term, nor a late renewal explains.
UNEXPLAINED = "agreement in ('differs', 'other_currency', 'mrr_without_bill')"
SHARES = f"""
    sum(case when {UNEXPLAINED} then closing_mrr else 0 end) / sum(closing_mrr)
        as {{prefix}}unexplained_share,
    sum(case when evidence_tier = 'line_of_the_period' then closing_mrr else 0 end)
        / sum(closing_mrr) as {{prefix}}line_of_the_period_share,
    sum(case when agreement = 'billed_without_mrr' then billed_mrr else 0 end)
        / sum(closing_mrr) as {{prefix}}billed_without_mrr_share
"""

SUITE = Suite(
    table="mrr_evidence_monthly",
    title="MRR beside what invoices say",
    description=(
        "MRR of every open month against issued invoice lines, invoices against their lines, what "
        "was billed against list prices, and whether the history of subscriptions is one. A first "
        "publication is judged like any other. Single months are judged from 20 items on."
    ),
    frames=(
        Frame(
            sql=f"""
                select 'all open months' as subject, {SHARES.format(prefix="")}
                from certified.mrr_evidence_monthly
                having sum(closing_mrr) > 0
            """,
            measures={
                "unexplained_share": "MRR that differs from its invoice line or has none, of MRR",
                "line_of_the_period_share": "MRR that a line of the period itself shows, of MRR",
                "billed_without_mrr_share": "Recurring value billed and not counted, of MRR",
            },
            if_empty="No open month has MRR.",
        ),
        Frame(
            sql=f"""
                select
                    strftime(month_start, '%Y-%m') as subject,
                    {SHARES.format(prefix="month_")}
                from certified.mrr_evidence_monthly
                group by month_start
                having sum(closing_mrr) > 0
                    and sum(items) filter (where evidence_tier <> 'none') >= 20
            """,
            measures={
                "month_unexplained_share": "As above, of a single month",
                "month_line_of_the_period_share": "As above, of a single month's MRR",
                "month_billed_without_mrr_share": "As above, of a single month's MRR",
            },
            if_empty="No open month has 20 items with MRR.",
        ),
        Frame(
            sql="""
                with held as (
                    select sum(cast(json_extract_string(raw_row, '$.amount_minor') as hugeint))
                        as held_minor
                    from audit.quarantine
                    where table_name = 'invoice_line_item' and held_back = 'mrr'
                ),

                billed as (
                    select sum(amount_minor) as billed_minor
                    from input.input_invoice_lines
                    where is_regular and is_live and amount_minor > 0
                )

                select
                    'all recurring lines' as subject,
                    coalesce(held.held_minor, 0) / billed.billed_minor as unlinked_share
                from held
                cross join billed
                where billed.billed_minor > 0
            """,
            measures={
                "unlinked_share": (
                    "Recurring lines whose subscription, item or price is not found, of all that "
                    "recurring lines bill"
                ),
            },
            if_empty="No recurring line bills anything.",
        ),
        Frame(
            sql="""
                with lines as (
                    select
                        invoice_id,
                        sum(amount_minor) as amount_minor,
                        count(*) filter (where included_tax_minor <> 0) as taxed_lines
                    from input.input_invoice_lines
                    group by invoice_id
                )

                select
                    invoices.source_relation as subject,
                    avg((
                        abs(coalesce(lines.amount_minor, 0) - invoices.subtotal_minor)
                        > coalesce(lines.taxed_lines, 0)
                    )::int) as other_total_share
                from input.input_invoices as invoices
                left join lines on invoices.invoice_id = lines.invoice_id
                where
                    invoices.is_issued and invoices.is_live
                    and invoices.subtotal_minor is not null
                group by invoices.source_relation
                having count(*) >= 20
            """,
            measures={
                "other_total_share": "Issued invoices whose lines do not add up to their subtotal",
            },
            if_empty="No account has 20 issued invoices that say their subtotal.",
        ),
        Frame(
            sql="""
                with billed as (
                    select distinct subscription_item_id
                    from intermediate.int_subscription_items__rate_events
                    where billed_amount_minor is not null
                ),

                conflicting as (
                    select distinct subscription_item_id
                    from marts.mrr_evidence_conflicts
                    where conflict = 'invoice_differs_from_list_price'
                )

                select
                    'all billed items' as subject,
                    avg((conflicting.subscription_item_id is not null)::int) as off_list_share
                from billed
                left join conflicting using (subscription_item_id)
                having count(*) >= 20
            """,
            measures={
                "off_list_share": "Items billed at another amount than quantity times list price",
            },
            if_empty="Fewer than 20 items were billed.",
        ),
        Frame(
            sql="""
                with invoiced as (
                    select
                        currencies.currency_code,
                        count(*) filter (where invoices.discount_minor > 0) as discounted,
                        sum(invoices.discount_minor * currencies.minor_unit_value) as taken_off
                    from input.input_invoices as invoices
                    inner join seeds.currencies as currencies
                        on invoices.currency = currencies.currency_code
                    where invoices.is_issued and invoices.is_live
                    group by currencies.currency_code
                ),

                counted as (
                    select
                        currency,
                        sum(gross_native - closing_native) as taken_off,
                        sum(closing_native) as closing_native
                    from certified.mrr_evidence_monthly
                    group by currency
                )

                select
                    counted.currency as subject,
                    counted.taken_off / invoiced.taken_off as discount_coverage
                from counted
                inner join invoiced on counted.currency = invoiced.currency_code
                cross join intermediate.int_closing_state as closing_state
                where closing_state.last_closed_month is null
                    and invoiced.discounted >= 20
                    and invoiced.taken_off > 0.001 * counted.closing_native
            """,
            measures={
                "discount_coverage": (
                    "Discounts of MRR over all months, of what invoices took off, by currency"
                ),
            },
            if_empty="Invoices take off less than a thousandth of MRR, or months are closed.",
        ),
        Frame(
            sql="""
                select
                    'subscription_history' as subject,
                    count(distinct subscription_id) filter (
                        where
                            is_from_start
                            and status in ('canceled', 'paused', 'unpaid', 'past_due')
                    ) / count(distinct subscription_id) as rewritten_history_share
                from intermediate.int_subscriptions__status_versions
                having count(distinct subscription_id) >= 20
            """,
            measures={
                "rewritten_history_share": (
                    "Subscriptions that had ended, paused or failed to pay by their history on the "
                    "day they began: it was delivered anew, with today's status only"
                ),
            },
            if_empty="Fewer than 20 subscriptions have a history.",
        ),
        Frame(
            sql=f"""
                with now as (
                    select
                        month_start,
                        sum(case when {UNEXPLAINED} then closing_mrr else 0 end)
                            / sum(closing_mrr) as unexplained
                    from certified.mrr_evidence_monthly
                    group by month_start
                    having sum(closing_mrr) > 0
                ),

                said as (
                    select
                        month_start,
                        sum(case when {UNEXPLAINED} then closing_mrr else 0 end)
                            / sum(closing_mrr) as unexplained
                    from before.mrr_evidence_monthly
                    group by month_start
                    having sum(closing_mrr) > 0
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    now.unexplained - said.unexplained as unexplained_change
                from now
                inner join said using (month_start)
            """,
            measures={
                "unexplained_change": (
                    "MRR that differs from its invoice line or has none: more than in the last "
                    "publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
