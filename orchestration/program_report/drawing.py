"""The plots of the page: half as wide as Dagster's, so that two stand side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestration.plots import GAIN, GRID, LOSS, SERIES, TOTAL, figure
from orchestration.program_report.reading import Effect, ProgramPayout, Report, StageCount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 5.4
STAGES = ("silent", "sending", "reacting", "conversing", "continuing")
STAGE_COLOURS = ("#c9d1da", "#8fa3b8", "#d08a2e", "#4f97a8", "#2e7d5b")
NATURES = {"lasting value": TOTAL, "direct revenue": "#d08a2e", "not stated": "#8fa3b8"}
MONTHS_SHOWN = 24
# Outcomes that people ask for first.
OUTCOMES = ("renewed", "grew", "mrr_kept", "nrr_at_least_100", "expanded", "upsell_success")


@dataclass(frozen=True)
class Plot:
    """A figure, with a sentence for those who cannot see it."""

    drawing: Figure
    text: str


def drawings(report: Report) -> dict[str, Plot]:
    """The plots that there is something to draw for, by name."""
    found = {
        "payout": _payout(report),
        "programs": _programs(report),
        "roles": _roles(report),
        "role_effects": _effects(
            report, "role_touch", "Customers in touch, against comparable ones"
        ),
        "stages": _stages(report),
        "conversation": _conversation(report),
        "partner_effects": _effects(
            report, "enablement conversation", "Partners, against comparable ones"
        ),
    }
    return {name: plot for name, plot in found.items() if plot is not None}


def _payout(report: Report) -> Plot | None:
    """What the payout of twelve months stands on, month by month, and the target."""
    ids = ("lasting_value", "direct_revenue", "unclassified")
    series = [report.history(f"payout_share_{name}")[-MONTHS_SHOWN:] for name in ids]
    if not all(series):
        return None
    months = _days(one.month_start for one in series[0])
    values = [[_percent(one.value) for one in measures] for measures in series]
    title = "What twelve months' payout stands on, %"
    with _figure(title) as (drawing, axes):
        shown = [place for place in range(3) if any(values[place])]
        labels, colours = list(NATURES), list(NATURES.values())
        axes.stackplot(
            months,
            [values[place] for place in shown],
            labels=[labels[place] for place in shown],
            colors=[colours[place] for place in shown],
        )
        _target_line(axes, months, [one.target for one in series[0]])
        axes.set_ylim(0, 100)
        _by_month(axes)
        _legend_below(drawing, axes)
        last = series[0][-1].value
        return Plot(drawing, f"{title}: lasting value {_percent(last):.1f} in the last month.")


def _programs(report: Report) -> Plot | None:
    """Each program's mix, the largest payer on top."""
    programs = report.programs or []
    shown = [one for one in programs if one.payout > 0 and min(_parts(one)) >= 0]
    if not shown:
        return None
    names = [_cut(one.program_name) for one in shown]
    title = "What each program's payout stands on, %"
    with _figure(title, 1.5 + 0.3 * len(shown)) as (drawing, axes):
        left = [0.0] * len(shown)
        for place, (label, colour) in enumerate(NATURES.items()):
            widths = [float(100 * _parts(one)[place] / one.payout) for one in shown]
            if not any(widths):
                continue
            axes.barh(range(len(shown)), widths, left=left, label=label, color=colour)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        axes.set_yticks(range(len(shown)), names)
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.grid(axis="x")
        _legend_below(drawing, axes)
        return Plot(drawing, f"{title}: {', '.join(names)}.")


def _roles(report: Report) -> Plot | None:
    """Share of contribution beside share of reward, role by role."""
    pairs = [
        (one.name, _percent(one.contribution.value), _percent(one.reward.value))
        for one in report.roles
        if one.contribution.value is not None and one.reward.value is not None
    ]
    if not pairs:
        return None
    title = "Share of contribution and of reward by role, %"
    with _figure(title, 1.3 + 0.5 * len(pairs)) as (drawing, axes):
        places = range(len(pairs))
        for shift, widths, label, colour in (
            (-0.19, [pair[1] for pair in pairs], "contribution, by touches", TOTAL),
            (0.19, [pair[2] for pair in pairs], "reward", "#d08a2e"),
        ):
            bars = axes.barh([p + shift for p in places], widths, 0.36, label=label, color=colour)
            axes.bar_label(bars, fmt="%.0f", padding=3, fontsize=8)
        axes.set_yticks(places, [pair[0] for pair in pairs])
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.grid(axis="x")
        _legend_below(drawing, axes)
        return Plot(drawing, f"{title}: {', '.join(pair[0] for pair in pairs)}.")


def _effects(report: Report, kinds: str, title: str) -> Plot | None:
    """Differences with their intervals; what chance may explain is grey."""
    rows = [
        one
        for one in report.effects or []
        if one.exposure_kind in kinds.split() and one.difference is not None
    ]
    if not rows:
        return None
    rows.sort(key=outcome_order)
    title = f"{title}, percentage points"
    with _figure(title, 1.2 + 0.26 * len(rows)) as (drawing, axes):
        for place, one in enumerate(rows):
            _interval(axes, place, one)
        axes.axvline(0, color="#6b7785", linewidth=0.9)
        for place in range(1, len(rows)):
            if rows[place].outcome_id != rows[place - 1].outcome_id:
                axes.axhline(place - 0.5, color=GRID, linewidth=1)
        axes.set_ylim(-0.5, len(rows) - 0.5)
        names = [f"{_cut(one.outcome_name, 24)}: {_cut(_short(one), 30)}" for one in rows]
        axes.set_yticks(range(len(rows)), names, fontsize=8)
        axes.invert_yaxis()
        axes.grid(axis="x")
        axes.plot([], [], "o", color=GAIN, label="higher")
        axes.plot([], [], "o", color=LOSS, label="lower")
        axes.plot([], [], "o", color="#8a94a0", label="chance may explain it")
        axes.plot([], [], "|", color="#1d2b3a", label="not adjusted")
        _legend_below(drawing, axes)
        return Plot(drawing, f"{title}, with intervals of 95 per cent: {', '.join(names)}.")


def outcome_order(effect: Effect) -> tuple[int, str]:
    """Sorts by outcome, and within it by exposure."""
    known = effect.outcome_id in OUTCOMES
    return OUTCOMES.index(effect.outcome_id) if known else len(OUTCOMES), effect.exposure_id


def _interval(axes: Axes, place: int, one: Effect) -> None:
    colour = {"higher": GAIN, "lower": LOSS}.get(one.claim_kind, "#8a94a0")
    low, high = _percent(one.difference_low), _percent(one.difference_high)
    axes.plot([low, high], [place, place], color=colour, linewidth=1.8)
    axes.plot(_percent(one.difference), place, "o", color=colour, markersize=5)
    if one.crude_difference is not None:
        axes.plot(_percent(one.crude_difference), place, "|", color="#1d2b3a", markersize=8)


def _stages(report: Report) -> Plot | None:
    """Partners by stage of conversation."""
    counts = report.stages or []
    if not counts:
        return None
    months = sorted({one.month_start for one in counts})[-MONTHS_SHOWN:]
    title = "Partners by stage of conversation"
    with _figure(title) as (drawing, axes):
        levels = [0.0] * len(months)
        for stage, colour in zip(STAGES, STAGE_COLOURS, strict=True):
            heights = [_partners(counts, month, stage) for month in months]
            axes.bar(_days(months), heights, 24, levels, label=stage, color=colour)
            levels = [low + height for low, height in zip(levels, heights, strict=True)]
        _by_month(axes)
        axes.grid(axis="y")
        _legend_below(drawing, axes)
        last = {stage: int(_partners(counts, months[-1], stage)) for stage in STAGES}
        said = ", ".join(f"{count} {stage}" for stage, count in last.items())
        return Plot(drawing, f"{title}; in the last month {said}.")


def _conversation(report: Report) -> Plot | None:
    """Shares of threads, month by month, and the target of the first."""
    wanted = {
        "two_way_share": "two-way",
        "started_by_partner_share": "started by the partner",
        "continuing_share": "goes on",
    }
    series = {label: report.history(measure)[-MONTHS_SHOWN:] for measure, label in wanted.items()}
    if not series["two-way"]:
        return None
    title = "Threads with partners, % of a quarter's"
    with _figure(title) as (drawing, axes):
        for number, (label, measures) in enumerate(series.items()):
            axes.plot(
                _days(one.month_start for one in measures),
                [_percent(one.value) for one in measures],
                label=label,
                color=SERIES[number],
                linewidth=2,
            )
        first = series["two-way"]
        _target_line(axes, _days(one.month_start for one in first), [one.target for one in first])
        axes.set_ylim(0, 100)
        _by_month(axes)
        axes.grid(axis="y")
        _legend_below(drawing, axes)
        return Plot(drawing, f"{title}: two-way {_percent(first[-1].value):.1f} at the end.")


@contextmanager
def _figure(title: str, height: float = 3.3) -> Iterator[tuple[Figure, Axes]]:
    """Titled over its whole width: names beside the axes may be long."""
    with figure("", height=height, width=WIDTH) as (drawing, axes):
        drawing.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        yield drawing, axes


def _target_line(axes: Axes, months: Sequence[float], targets: Sequence[Decimal | None]) -> None:
    if any(target is not None for target in targets):
        levels = [float("nan") if one is None else _percent(one) for one in targets]
        axes.plot(months, levels, "--", color="#1d2b3a", linewidth=1.2, label="target")


def _by_month(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.margins(x=0)


def _days(months: Iterable[date]) -> list[float]:
    """Days as matplotlib counts them."""
    return [float((month - date(1970, 1, 1)).days) for month in months]


def _legend_below(drawing: Figure, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    drawing.legend(
        handles, labels, loc="outside lower left", ncols=min(len(labels), 5),
        frameon=False, fontsize=8, handlelength=1.4, columnspacing=1.2, borderaxespad=0.2,
    )  # fmt: skip


def _parts(program: ProgramPayout) -> tuple[Decimal, Decimal, Decimal]:
    return program.lasting_value, program.direct_revenue, program.unclassified


def _partners(counts: Sequence[StageCount], month: date, stage: str) -> float:
    return float(
        sum(one.partners for one in counts if one.month_start == month and one.stage == stage)
    )


def _percent(share: Decimal | None) -> float:
    return float("nan") if share is None else float(100 * share)


def _short(effect: Effect) -> str:
    return effect.exposure_name[:1].lower() + effect.exposure_name[1:]


def _cut(name: str, length: int = 26) -> str:
    name = " ".join(name.split())
    return name if len(name) <= length else f"{name[: length - 1]}…"
