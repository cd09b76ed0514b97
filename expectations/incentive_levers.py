"""Whether the ways to earn still are those that were published."""

from orchestration.suites import Suite, rows_lost

SUITE = Suite(
    table="incentive_levers",
    title="Ways to earn",
    description="A lever that is gone takes the name of paid amounts with it.",
    frames=(
        rows_lost(
            "incentive_levers",
            ("lever_id", "program_version_id"),
            "lost_levers",
            "Levers that were published and are not there any more",
        ),
    ),
)
