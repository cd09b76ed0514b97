"""Whether readers still find the metrics that they found before."""

from orchestration.suites import NOTHING_BEFORE, Frame, Suite

SUITE = Suite(
    table="metric_catalogue",
    title="Catalogue of metrics",
    description="A metric that is gone takes the meaning of earlier certificates with it.",
    frames=(
        Frame(
            sql="""
                select
                    'the last publication' as subject,
                    count(*) filter (where now.metric_id is null) as lost_versions
                from before.metric_catalogue as said
                left join certified.metric_catalogue as now
                    on said.metric_id = now.metric_id and said.metric_version = now.metric_version
                having count(*) > 0
            """,
            measures={
                "lost_versions": "Versions of metrics that were listed and are not any more",
            },
            if_empty=NOTHING_BEFORE,
        ),
    ),
)
