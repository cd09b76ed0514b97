"""Whether the ways to earn still are those that were published."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="incentive_levers",
    title="Ways to earn",
    description="A lever that is gone takes the name of paid amounts with it.",
    frames=(
        Frame(
            sql="""
                select
                    'the last publication' as subject,
                    count(*) filter (where now.lever_id is null) as lost_levers
                from before.incentive_levers as said
                left join certified.incentive_levers as now
                    on
                        said.program_version_id = now.program_version_id
                        and said.lever_id = now.lever_id
                having count(*) > 0
            """,
            measures={"lost_levers": "Levers that were published and are not there any more"},
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
