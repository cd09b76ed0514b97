"""Whether the register still has every event that it had."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="incentive_ledger_events",
    title="Register of the incentive ledger",
    description="Events are only ever added.",
    frames=(
        Frame(
            sql="""
                select
                    'the last publication' as subject,
                    count(*) filter (where now.event_sequence is null) as lost_events
                from before.incentive_ledger_events as said
                left join certified.incentive_ledger_events as now
                    on
                        said.event_sequence = now.event_sequence
                        and said.content_hash = now.content_hash
                having count(*) > 0
            """,
            measures={"lost_events": "Events that were published, and are gone or differ"},
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
