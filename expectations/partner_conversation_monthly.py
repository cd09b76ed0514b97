"""Whether messages and log-ins arrived, and stand in a proportion that they can have."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_conversation_monthly",
    title="Conversation with partners",
    description="All partners together, in open months with 50 threads or more in the window.",
    frames=(
        Frame(
            sql=f"""
                with months as (
                    select
                        month_start,
                        sum(threads) as threads,
                        sum(two_way_threads) as two_way,
                        sum(window_messages_sent) as sent,
                        sum(window_messages_read) as read,
                        sum(messages_sent + messages_received) as messages,
                        sum(portal_logins) as logins,
                        avg((stage = 'silent')::int) as silent_share
                    from certified.partner_conversation_monthly
                    group by month_start
                ),

                compared as (
                    select
                        *,
                        lag(messages) over (order by month_start) as messages_before,
                        lag(logins) over (order by month_start) as logins_before
                    from months
                )

                select
                    strftime(month_start, '%Y-%m') as subject,
                    two_way / threads as two_way_share,
                    read / nullif(sent, 0) as read_share,
                    silent_share,
                    case when messages_before >= 50 then messages / messages_before - 1 end
                    as messages_change,
                    case when logins_before >= 50 then logins / logins_before - 1 end
                    as logins_change
                from compared
                where threads >= 50 and {OPEN_MONTHS}
            """,
            measures={
                "two_way_share": "Threads with two voices, of all threads",
                "read_share": "The vendor's messages that were read",
                "silent_share": "Partners with whom nobody wrote in three months",
                "messages_change": "Change of messages in a month",
                "logins_change": "Change of log-ins to the portal in a month",
            },
            if_empty="No open month has 50 threads.",
        ),
        rows_compared("partner_conversation_monthly"),
    ),
)
