"""Rules about what rows name: other rows, metrics, sources."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.programs.book import Book, are_together, read_beside
from orchestration.programs.problems import Problem, closest


def unknown_names(book: Book) -> Iterator[Problem]:
    """A reference to a row that is not there, not in this version, or not at this time."""
    for name, contract in book.files.items():
        for column in contract.columns.values():
            if not column.refers_to:
                continue
            file, target = column.refers_to.split(".")
            is_beside = file not in book.files
            known = {row[target] for row in read_beside(book.folder, file)} if is_beside else set()
            is_of_version = not is_beside and book.files[file].is_of_version
            for row in book.rows[name]:
                value = row.text(column.name)
                if not value or value in known:
                    continue
                remedy = f"Name one that is there, or add the row to {file}.csv."
                if is_beside:
                    remedy += closest(value, known)
                    yield row.problem(column.name, f"{file}.csv does not have it", remedy)
                    continue
                found = (
                    book.find(file, row.version, target, value)
                    if is_of_version
                    else [one for one in book.rows[file] if one.text(target) == value]
                )
                if not found:
                    whose = f" for version {row.version}" if is_of_version else ""
                    what = f"{file}.csv does not have it{whose}"
                    there = {
                        one.text(target)
                        for one in book.rows[file]
                        if not is_of_version or one.version == row.version
                    }
                    remedy += closest(value, there)
                    yield row.problem(column.name, what, remedy)
                elif is_of_version and not any(are_together(row, one) for one in found):
                    what = f"{file}.csv (line {found[0].line}) has it for another time"
                    remedy = "Let both apply, and be known, at the same time."
                    yield row.problem(column.name, what, remedy)


def unknown_metrics(book: Book) -> Iterator[Problem]:
    """A metric, or a version of one, that nothing can be paid on."""
    for row in book.rows["metric_bindings"]:
        name, version = row.text("metric_id"), row.text("metric_version")
        metric = book.metrics.get(name)
        if not name or not version or (metric and metric.version == version):
            continue
        if metric:
            what = f"{name} is computed as version {metric.version}"
            remedy = (
                "Bind that version. If its definition is not what the program means, the metric "
                "needs one of its own in models/metrics."
            )
            yield row.problem("metric_version", what, remedy)
        else:
            remedy = "docs/programs.md lists the metrics that can." + closest(name, book.metrics)
            yield row.problem("metric_id", "no such metric can be paid on", remedy)


def missing_sources(book: Book) -> Iterator[Problem]:
    """A row that is marked verified and does not say by what."""
    for rows in book.rows.values():
        for row in rows:
            if row.values.get("verification") != "verified":
                continue
            for column in ("source", "source_date"):
                if not row.text(column):
                    remedy = "Say where and when it was published, or mark the row illustrative."
                    yield row.problem(column, "a verified row has to have it", remedy)


def missing_approval(book: Book) -> Iterator[Problem]:
    """A version that counts, and that nobody has approved."""
    for row in book.rows["program_versions"]:
        if row["status"] not in (None, "draft") and not row.text("approved_by"):
            what = f"a version that is {row['status']} has to be approved"
            yield row.problem("approved_by", what, "Say who approved it, or make it a draft.")
