"""Small plots for Dagster's pages: a figure becomes a PNG, and the PNG a piece of Markdown.

    with figure("Score by partner, 0 to 100") as (drawing, axes):
        stacked_bars(axes, names, {"score": scores})
        metadata = {"scores": as_markdown(drawing, "Score by partner")}

matplotlib is loaded when the first figure is drawn. Money becomes a float here and only here:
nothing is computed from what is drawn.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Dagster keeps every plot of every run in its history.
LARGEST_PNG = 60_000
DOTS_PER_INCH = 100
COLOURS = 64
TOTAL, GAIN, LOSS = "#35608f", "#2e7d5b", "#b4483b"
SERIES = ("#35608f", "#d08a2e", "#2e7d5b", "#8d5a97", "#b4483b", "#6b7785", "#3f9aa6", "#a0a33a")
INK, GRID = "#1d2b3a", "#dde3ea"
STYLE: dict[Any, Any] = {
    "text.parse_math": False,  # a name may hold a dollar sign
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRID,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def figure(
    title: str, note: str = "", height: float = 4.2, width: float = 9
) -> Iterator[tuple[Figure, Axes]]:
    """A figure with its axes, in the house style; height and width are inches.

    `title` ends with the unit, `note` (such as "demo data") stands below the plot.
    """
    import matplotlib
    from matplotlib.figure import Figure

    # Without pyplot: its figures are global, and live until they are closed.
    with matplotlib.rc_context(STYLE):
        drawing = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained")
        axes = drawing.subplots()
        axes.set_title(title, loc="left", fontsize=11, fontweight="bold")
        if note:
            drawing.supxlabel(note, x=0.01, ha="left", fontsize=8)
        yield drawing, axes


def as_markdown(drawing: Figure, text: str) -> dg.MarkdownMetadataValue:
    """The figure as an image inside Markdown; `text` is for those who cannot see it.

    Raises ValueError for an image that is too large to be kept with every run.
    """
    png = as_png(drawing)
    if len(png) > LARGEST_PNG:
        raise ValueError(f"{text}: {len(png):,} bytes; a plot may have {LARGEST_PNG:,}")
    return dg.MetadataValue.md(
        f"![{text}](data:image/png;base64,{base64.b64encode(png).decode('ascii')})"
    )


def as_png(drawing: Figure) -> bytes:
    """The figure as a PNG file of a few colours, a third of the bytes that all would take."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas = FigureCanvasAgg(drawing)
    with matplotlib.rc_context(STYLE):
        canvas.draw()  # type: ignore[no-untyped-call]
    size = canvas.get_width_height()
    pixels = bytes(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    image = Image.frombuffer("RGBA", size, pixels)
    buffer = io.BytesIO()
    image.convert("RGB").quantize(COLOURS).save(buffer, "png", optimize=True)
    return buffer.getvalue()


def as_svg(drawing: Figure) -> bytes:
    """The figure as an SVG file, which prints sharp; the same figure gives the same bytes."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    buffer = io.BytesIO()
    with matplotlib.rc_context({**STYLE, "svg.hashsalt": "plot", "svg.fonttype": "path"}):
        FigureCanvasSVG(drawing).print_svg(  # type: ignore[no-untyped-call]
            buffer, metadata={"Date": None, "Creator": None}
        )
    return buffer.getvalue()


def waterfall(
    axes: Axes, opening: tuple[str, float], steps: Mapping[str, float], closing: tuple[str, float]
) -> None:
    """Bars from an opening over gains and losses to a closing.

    The axis begins below the lowest bar, because totals are far larger than what changes them.
    """
    from matplotlib.ticker import FuncFormatter

    level = opening[1]
    bars = [(opening[0], 0.0, level, TOTAL, opening[1])]
    for name, change in steps.items():
        bars.append((name, level, change, GAIN if change >= 0 else LOSS, change))
        level += change
    bars.append((closing[0], 0.0, closing[1], TOTAL, closing[1]))
    ends = [end for _, low, size, _, _ in bars for end in (low, low + size) if end]
    # all of one height: a company's first month
    span = (max(ends) - min(ends) or max(ends)) if ends else 1.0
    axes.set_ylim(max(0.0, min(ends, default=0.0) - span / 2), max(ends, default=1.0) + span / 8)
    for place, (_, low, size, colour, value) in enumerate(bars):
        axes.bar(place, size, bottom=low, color=colour, width=0.68)
        sign = "+" if colour == GAIN and value else ""
        axes.annotate(
            f"{sign}{value:,.0f}", (place, max(low, low + size)), (0, 3),
            textcoords="offset points", ha="center", fontsize=8,
        )  # fmt: skip
    axes.set_xticks(range(len(bars)), [bar[0] for bar in bars])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(axis="y")


def stacked_bars(
    axes: Axes, names: Sequence[str], series: Mapping[str, Sequence[float]], decimals: int = 0
) -> None:
    """Horizontal bars, the first name on top, each with its total; a legend if there are series."""
    from matplotlib.ticker import FuncFormatter

    totals = [0.0] * len(names)
    for number, (label, values) in enumerate(series.items()):
        axes.barh(names, values, left=totals, label=label, color=SERIES[number % len(SERIES)])
        totals = [total + value for total, value in zip(totals, values, strict=True)]
    for place, total in enumerate(totals):
        axes.annotate(
            f"{total:,.{decimals}f}", (max(total, 0.0), place), (4, 0),
            textcoords="offset points", va="center", fontsize=8,
        )  # fmt: skip
    axes.margins(x=0.12)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.{decimals}f}"))
    axes.grid(axis="x")
    if len(series) > 1:
        axes.legend(loc="lower right", frameon=False, fontsize=8)
