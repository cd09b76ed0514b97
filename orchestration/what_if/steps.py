"""Which models a simulation computes anew, and which tables they stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# What is compared; everything between the program files and these is computed anew.
RESULTS = ("int_incentives__calculated_lines", "int_incentives__tiers")
PROGRAM_FILES = "seeds/programs/"


@dataclass(frozen=True)
class Relation:
    """A table of the build file."""

    schema: str
    name: str

    @property
    def quoted(self) -> str:
        return f'"{self.schema}"."{self.name}"'


@dataclass(frozen=True)
class Steps:
    """`models` by name, in an order in which they can be built; `inputs` stay as they were built.

    `nodes` are the manifest's nodes of the models, in the same order.
    """

    models: list[str]
    inputs: list[Relation]
    programs: dict[str, Relation]
    nodes: list[dict[str, Any]]


def steps_of(
    manifest: dict[str, Any],
    results: Iterable[str] = RESULTS,
    given: Iterable[str] = (),
) -> Steps:
    """What depends on program rows and feeds the results.

    `given` names models that are taken as they are, though they depend on program rows.
    """
    nodes = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and node["config"]["enabled"]
    }
    parents = {name: [one for one in node["depends_on"].get("nodes", []) if one in nodes]
               for name, node in nodes.items()}  # fmt: skip
    files = {
        name
        for name, node in nodes.items()
        if node["resource_type"] == "seed" and node["original_file_path"].startswith(PROGRAM_FILES)
    }
    taken = {name for name, node in nodes.items() if node["name"] in set(given)}
    ordered = _upstream(parents, [n for n in nodes if nodes[n]["name"] in set(results)], taken)
    touched = set(files)
    anew = []
    for name in ordered:
        if name not in taken and any(one in touched for one in parents[name]):
            touched.add(name)
            anew.append(name)
    inputs = {one for name in anew for one in parents[name]} - set(anew) - files
    return Steps(
        models=[nodes[name]["name"] for name in anew],
        inputs=[_relation(nodes[name]) for name in sorted(inputs)],
        programs={nodes[name]["name"]: _relation(nodes[name]) for name in sorted(files)},
        nodes=[nodes[name] for name in anew],
    )


def _upstream(parents: dict[str, list[str]], wanted: list[str], taken: set[str]) -> list[str]:
    """The wanted nodes and all that they are made of, parents first."""
    placed: dict[str, None] = {}

    def place(name: str) -> None:
        if name in placed:
            return
        for parent in [] if name in taken else parents[name]:
            place(parent)
        placed[name] = None

    for name in wanted:
        place(name)
    return list(placed)


def _relation(node: dict[str, Any]) -> Relation:
    return Relation(node["schema"], node.get("alias") or node["name"])
