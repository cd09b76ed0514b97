"""Whether what was signed and renewed is of this world."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_contracts_monthly",
    title="What partners signed and renewed",
    description="All partners together, in open months.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        contracts.month_start,
                        sum(contracts.signed_contract_value) as signed,
                        sum(contracts.renewal_due_mrr_12_months) as due,
                        sum(contracts.renewal_kept_mrr_12_months) as kept
                    from certified.partner_contracts_monthly as contracts
                    group by contracts.month_start
                )

                select
                    strftime(months.month_start, '%Y-%m') as subject,
                    case when summary.closing_arr > 0 then months.signed / summary.closing_arr end
                    as signed_of_arr,
                    months.kept / nullif(months.due, 0) as renewal_rate,
                    months.due / nullif(summary.closing_mrr, 0) as due_of_mrr
                from months
                inner join certified.vendor_summary_monthly as summary
                    on months.month_start = summary.month_start
                where summary.customers >= 50 and months.{OPEN_MONTHS}
            """,
            measures={
                "signed_of_arr": "Value signed in a month, of ARR",
                "renewal_rate": "Renewal rate of twelve months, all partners together",
                "due_of_mrr": "MRR that came up for renewal in twelve months, of MRR",
            },
            if_empty="No open month has fifty customers.",
        ),
        rows_compared("partner_contracts_monthly"),
    ),
)
