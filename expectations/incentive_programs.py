"""Whether programs still stand as they were published, and none reaches back too far."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="incentive_programs",
    title="Partner programs",
    description="A version that is gone takes the reason of paid amounts with it.",
    frames=(
        Frame(
            sql="""
                select
                    'the last publication' as subject,
                    count(*) filter (where now.program_version_id is null) as lost_versions
                from before.incentive_programs as said
                left join certified.incentive_programs as now
                    on said.program_version_id = now.program_version_id
                having count(*) > 0
            """,
            measures={"lost_versions": "Versions that were published and are not there any more"},
            if_empty=NOTHING_BEFORE,
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
