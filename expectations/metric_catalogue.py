"""Whether readers still find the metrics that they found before."""

from orchestration.suites import Suite, rows_lost

SUITE = Suite(
    table="metric_catalogue",
    title="Catalogue of metrics",
    description="A metric that is gone takes the meaning of earlier certificates with it.",
    frames=(
        rows_lost(
            "metric_catalogue",
            ("metric_id", "metric_version"),
            "lost_versions",
            "Versions of metrics that were listed and are not any more",
        ),
    ),
)
