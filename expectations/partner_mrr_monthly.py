"""Whether MRR stands with the partners that it belongs to, this month as the month before."""

from orchestration.suites import NOTHING_BEFORE, OPEN_MONTHS, Frame, Suite

SUITE = Suite(
    table="partner_mrr_monthly",
    title="MRR of each partner, by month",
    description=(
        "If a list of partners or of their customers did not arrive, MRR is still right in total "
        "and stands with nobody, or with somebody else."
    ),
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(customers) as customers,
                        sum(closing_mrr) as closing_mrr,
                        max(closing_mrr) filter (where partner_id <> 'direct') as largest_mrr,
                        sum(closing_mrr) filter (where partner_id = 'direct') as direct_mrr,
                        count(*) filter (where partner_id <> 'direct' and closing_mrr > 0)
                            as partners
                    from certified.partner_mrr_monthly
                    group by month_start
                )
                select
                    strftime(month_start, '%Y-%m') as subject,
                    coalesce(direct_mrr, 0) / closing_mrr as direct_share,
                    largest_mrr / closing_mrr as largest_partner_share,
                    partners / nullif(lag(partners) over (order by month_start), 0) - 1
                        as partners_change
                from months
                where closing_mrr > 0 and partners >= 10 and {OPEN_MONTHS}
            """,
            measures={
                "direct_share": "MRR without a partner, of all MRR",
                "largest_partner_share": "MRR of the largest partner, of all MRR",
                "partners_change": "Change of the number of partners with MRR within the month",
            },
            if_empty="No open month has ten partners with MRR.",
        ),
        Frame(
            sql=f"""
                with compared as (
                    select
                        coalesce(now.month_start, said.month_start) as month_start,
                        coalesce(now.closing_mrr, 0) as mrr_now,
                        coalesce(said.closing_mrr, 0) as mrr_said
                    from certified.partner_mrr_monthly as now
                    full outer join before.partner_mrr_monthly as said
                        on now.partner_id = said.partner_id and now.month_start = said.month_start
                )
                select
                    strftime(month_start, '%Y-%m') as subject,
                    sum(abs(mrr_now - mrr_said)) / 2 / sum(mrr_said) as moved_share,
                    count(*) filter (where mrr_now > 0)
                        / nullif(count(*) filter (where mrr_said > 0), 0) - 1
                        as restated_partners_change
                from compared
                where {OPEN_MONTHS}
                group by month_start
                having sum(mrr_said) > 0 and sum(mrr_now) > 0
            """,
            measures={
                "moved_share": "MRR that stands with another partner than in the last publication",
                "restated_partners_change": (
                    "Change of a month's number of partners since the last publication"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
        Frame(
            sql=f"""
                select
                    now.partner_name || ', ' || strftime(now.month_start, '%Y-%m') as subject,
                    now.closing_mrr / said.closing_mrr - 1 as restated_partner_change
                from certified.partner_mrr_monthly as now
                inner join before.partner_mrr_monthly as said
                    on now.partner_id = said.partner_id and now.month_start = said.month_start
                inner join certified.vendor_summary_monthly as vendor
                    on now.month_start = vendor.month_start
                where said.closing_mrr > vendor.closing_mrr / 100 and now.{OPEN_MONTHS}
            """,
            measures={
                "restated_partner_change": (
                    "Change of a partner's closing MRR since the last publication, for partners "
                    "with a hundredth of all MRR or more"
                ),
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
