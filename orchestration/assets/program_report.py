"""The program owner's page as a Dagster asset, written from every new publication."""

from collections.abc import Iterator

import dagster as dg

from orchestration.assets.publication import publication
from orchestration.plots import as_markdown
from orchestration.program_report.answers import answers
from orchestration.program_report.drawing import drawings
from orchestration.program_report.page import write_report
from orchestration.program_report.reading import read_report
from orchestration.progress import progress
from orchestration.settings import load_settings

SHOWN = ("payout", "stages")


@dg.asset(
    deps=[publication],
    group_name="reports",
    kinds={"html", "duckdb"},
    output_required=False,
    description=(
        "One page for the owner of the partner program: what is rewarded, who moves retention, and "
        "whether partners talk with us. Read from the published tables."
    ),
)
def program_health_page(
    context: dg.AssetExecutionContext,
) -> Iterator[dg.MaterializeResult[None]]:
    """Write the page; one that fails is no reason to fail after publication."""
    with progress.step("page") as step:
        try:
            settings = load_settings()
            report = read_report(settings)
            plots = drawings(report)
            path = write_report(settings, report, plots)
            said = [f"**{one.question}** {' '.join(one.sentences)}" for one in answers(report)]
            shown = {
                name: as_markdown(plots[name].drawing, plots[name].text)
                for name in SHOWN
                if name in plots
            }
        except Exception as error:
            step.update(f"not written: {error}")
            context.log.warning(f"Published, but without the program owner's page: {error}")
            return
        step.update(f"program health, {report.month:%Y-%m}")
    yield dg.MaterializeResult(
        metadata={
            "in_short": dg.MetadataValue.md("\n\n".join(said)),
            "page": dg.MetadataValue.path(str(path)),
            "version": report.publication.version,
            **shown,
        }
    )
