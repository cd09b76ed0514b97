"""Whether the register still has every event that it had."""

from orchestration.suites import Suite, rows_lost

SUITE = Suite(
    table="incentive_ledger_events",
    title="Register of the incentive ledger",
    description="Events are only ever added.",
    frames=(
        rows_lost(
            "incentive_ledger_events",
            ("event_sequence", "content_hash"),
            "lost_events",
            "Events that were published, and are gone or differ",
        ),
    ),
)
