"""The program owner's page: one file that prints on A4 and loads nothing.

python -m orchestration.program_report
make report
"""

from __future__ import annotations

import base64
from pathlib import Path

from orchestration.files import write_whole
from orchestration.html_pages import environment_of
from orchestration.plots import as_svg
from orchestration.program_report import words
from orchestration.program_report.answers import QUESTIONS, answers
from orchestration.program_report.drawing import Plot, drawings, outcome_order
from orchestration.program_report.reading import Effect, Report, read_report
from orchestration.settings import Settings

PAGE = "program_health.html"
TEMPLATE = "program_health.html.j2"


def page_path(settings: Settings) -> Path:
    return settings.build_dir / "program_report" / PAGE


def write_page(settings: Settings) -> Path:
    """Write the page of the current publication and return its path.

    Raises PartnerMetricsError when nothing is published, or nothing of the program's health.
    """
    report = read_report(settings)
    return write_report(settings, report, drawings(report))


def write_report(settings: Settings, report: Report, plots: dict[str, Plot]) -> Path:
    """Write the page of what was read and drawn, and return its path."""
    path = page_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, page(report, plots))
    return path


def page(report: Report, plots: dict[str, Plot]) -> str:
    """The page as HTML; every text in it is escaped."""
    environment = environment_of(
        Path(__file__).parent,
        because=words.because,
        by_exposure=by_exposure,
        outcomes=outcomes,
        percent=words.percent,
        points=words.points,
        figure=words.figure_text,
        money=words.money,
        month=words.month,
        data_uri=_data_uri,
    )
    of_roles = {
        measure.measure_id
        for role in report.roles
        for measure in (role.contribution, role.reward, role.gap)
    }
    return environment.get_template(TEMPLATE).render(
        report=report,
        answers=answers(report),
        plots=plots,
        words=words,
        measures={
            question: [
                one
                for one in report.latest
                if one.question == question and one.measure_id not in of_roles
            ]
            for question in QUESTIONS
        },
        role_effects=of_kinds(report, "role_touch"),
        partner_effects=of_kinds(report, "enablement", "conversation"),
        has_illustrative_target=any(
            one.target_verification == "illustrative" for one in report.latest
        ),
    )


def by_exposure(effects: list[Effect] | None) -> list[dict[str, Effect]]:
    """Associations as a row an exposure: by outcome, those that people ask for first."""
    rows: dict[str, dict[str, Effect]] = {}
    for one in sorted(effects or [], key=outcome_order):
        rows.setdefault(one.exposure_id, {})[one.outcome_id] = one
    return list(rows.values())


def outcomes(effects: list[Effect] | None) -> dict[str, str]:
    """Names of the outcomes, by id, those that people ask for first."""
    return {one.outcome_id: one.outcome_name for one in sorted(effects or [], key=outcome_order)}


def of_kinds(report: Report, *kinds: str) -> list[Effect] | None:
    """Associations of these kinds of exposure; None where the publication has no such table."""
    if report.effects is None:
        return None
    return [one for one in report.effects if one.exposure_kind in kinds]


def _data_uri(plot: Plot) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(as_svg(plot.drawing)).decode('ascii')}"
