"""A simulation of program rows as Dagster assets, one a table of the comparison.

Only the job `simulate_programs` makes them, for a folder that its config names:

    ops: {simulate: {config: {folder: /path/to/folder}}}
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.assets.dbt import LayerTranslator
from orchestration.jobs import SIMULATIONS
from orchestration.manifest import read_manifest
from orchestration.plots import as_markdown
from orchestration.settings import load_settings
from orchestration.what_if.comparison import Found
from orchestration.what_if.report import Simulation, cell_text, outcome_plot
from orchestration.what_if.simulation import simulate
from orchestration.what_if.steps import RESULTS

TABLES = {
    "budget": "What each program costs by year, as it is and as proposed.",
    "levers": "What each lever pays, as it is and as proposed, where that differs.",
    "partners": "What each partner gets by a program that changes, and whether it wins or loses.",
    "tier_moves": "Tiers that are held instead of others, by how many partners.",
}
SHOWN_ROWS = 50


class FolderToTry(dg.Config):
    """`folder` has program files as seeds/programs has them; those that are there are tried."""

    folder: str


def _specs() -> Iterator[dg.AssetSpec]:
    nodes = read_manifest(load_settings())["nodes"].values()
    paid = [LayerTranslator().get_asset_key(n) for n in nodes if n["name"] in RESULTS]
    for table, text in TABLES.items():
        yield dg.AssetSpec(
            key=[SIMULATIONS, table],
            deps=paid,
            group_name=SIMULATIONS,
            kinds={"duckdb", "dbt"},
            description=f"{text} Made by the job simulate_programs alone.",
        )


@dg.multi_asset(name="simulate", specs=list(_specs()))
def what_if_assets(
    context: dg.AssetExecutionContext, config: FolderToTry
) -> Iterator[dg.MaterializeResult[None]]:
    """Pay the history by the rows of a folder, and compare with what is paid now."""
    simulation = simulate(load_settings(), Path(config.folder).expanduser().resolve())
    for table in TABLES:
        found = simulation.comparison[table]
        yield dg.MaterializeResult(
            asset_key=[SIMULATIONS, table],
            metadata={
                "simulation": simulation.name,
                "in_short": dg.MetadataValue.md("\n\n".join(simulation.verdicts())),
                "to_know": dg.MetadataValue.md("\n\n".join(simulation.facts())),
                "page": dg.MetadataValue.path(str(simulation.page)),
                "dagster/row_count": len(found.rows),
                "rows": _as_markdown(found),
                **(_plots(context, simulation) if table == "partners" else {}),
            },
        )


def _plots(context: dg.AssetExecutionContext, simulation: Simulation) -> dict[str, Any]:
    """Winners and losers of each program; a plot that fails is no reason to fail after all."""
    try:
        return {
            f"winners_and_losers_{program}": as_markdown(
                outcome_plot(simulation, program, currency), f"Winners and losers of {program}"
            )
            for program, currency in simulation.comparison.totals
        }
    except Exception as error:
        context.log.warning(f"Simulated, but without a plot on Dagster's page: {error}")
        return {}


def _as_markdown(found: Found) -> dg.MarkdownMetadataValue:
    """The first rows as a table."""
    lines = [found.columns, ["---"] * len(found.columns)]
    lines += [[_cell(cell) for cell in row] for row in found.rows[:SHOWN_ROWS]]
    more = len(found.rows) - SHOWN_ROWS
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return dg.MetadataValue.md(text + (f"\n\nand {more:,} more rows" if more > 0 else ""))


def _cell(cell: Any) -> str:
    return cell_text(cell).replace("|", "\\|")
