"""Whether programs still stand as they were published, and none reaches back too far."""

from orchestration.suites import Frame, Suite, rows_lost

SUITE = Suite(
    table="incentive_programs",
    title="Partner programs",
    description="A version that is gone takes the reason of paid amounts with it.",
    frames=(
        rows_lost(
            "incentive_programs",
            ("program_version_id",),
            "lost_versions",
            "Versions that were published and are not there any more",
        ),
        Frame(
            sql="""
                select
                    program_name || ', ' || version_name as subject,
                    datediff('month', applies_from, enforced_from) as months_reached_back
                from certified.incentive_programs
                where is_in_use
            """,
            measures={"months_reached_back": "Months of closed business that new terms change"},
            if_empty="No version of a program is in use.",
        ),
    ),
)
