"""Whether topics still come with the messages."""

from orchestration.suites import OPEN_MONTHS, Frame, Suite, rows_compared

SUITE = Suite(
    table="partner_topics_monthly",
    title="Topics of the conversation with partners",
    description="A portal that renames or drops its topics tells nobody what the talk is about.",
    frames=(
        Frame(
            sql=f"""
                select
                    strftime(month_start, '%Y-%m') as subject,
                    coalesce(sum(threads) filter (where topic = 'unknown'), 0) / sum(threads)
                        as unknown_topic_share,
                    max(threads_of_topic) / sum(threads) as largest_topic_share
                from (
                    select
                        *,
                        sum(threads) over (partition by month_start, topic) as threads_of_topic
                    from certified.partner_topics_monthly
                )
                where {OPEN_MONTHS}
                group by month_start
                having sum(threads) >= 20
            """,
            measures={
                "unknown_topic_share": "Threads without a topic",
                "largest_topic_share": "Threads of the most frequent topic",
            },
            if_empty="No open month has 20 threads.",
        ),
        rows_compared("partner_topics_monthly"),
    ),
)
