"""Rules about parts that have to make a whole: splits, weights, credit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orchestration.programs.book import Book, grouped, in_force_at_once, read_beside
from orchestration.programs.problems import Problem


def broken_splits(book: Book) -> Iterator[Problem]:
    """A lever whose parts do not sum to 100 percent."""
    levers = grouped(book.rows["payout_splits"], lambda row: (row.version, row["lever_id"]))
    for rows in levers.values():
        for there in in_force_at_once(rows):
            total = sum((row.number("percent") for row in there), Decimal(0))
            if total != 100:
                what = f"the parts of {there[0].text('lever_id')} sum to {total} percent"
                lines = ", ".join(str(row.line) for row in there)
                yield there[-1].problem("percent", what, f"Let lines {lines} sum to 100.")


def unfit_buckets(book: Book) -> Iterator[Problem]:
    """A part that does not fit the lever's payee, or its fund; a lever without parts."""
    for lever in book.rows["levers"]:
        key, people = lever.text("lever_id"), lever["payee"] not in (None, "company")
        splits = book.find("payout_splits", lever.version, "lever_id", key)
        if not splits:
            remedy = "Add a row to payout_splits.csv: 100 percent rebate, or individual for people."
            yield lever.problem("lever_id", "nothing says where its payout goes", remedy)
        for row in splits:
            bucket = row["bucket"]
            if bucket and (bucket == "individual") != people:
                what = f"{key} pays {lever.text('payee')}"
                remedy = "People are paid by the bucket individual, companies by the others."
                yield row.problem("bucket", what, remedy)
            if bucket and (bucket == "fund") != bool(row.text("fund_wallet_id")):
                what = "a fund, and only a fund, names the fund_wallet_id"
                yield row.problem("fund_wallet_id", what, "Fill it in for the bucket fund only.")


def broken_weights(book: Book) -> Iterator[Problem]:
    """A weighted average whose weights do not sum to 1; weights that nothing reads."""
    for card in book.rows["scorecards"]:
        components = book.find(
            "scorecard_components", card.version, "scorecard_id", card.text("scorecard_id")
        )
        is_weighted = card["combine"] == "weighted_average"
        for row in components:
            if (row["weight"] is not None) != is_weighted:
                what = f"{card.text('scorecard_id')} is a {card.text('combine')}"
                yield row.problem("weight", what, "Weights are for weighted_average, all of it.")
        if not is_weighted:
            continue
        for path in grouped(components, lambda row: row["path_id"]).values():
            for there in in_force_at_once(path):
                total = sum((row.number("weight") for row in there), Decimal(0))
                if total != 1 and all(row["weight"] is not None for row in there):
                    what = f"the weights of path {there[0].text('path_id')} sum to {total}"
                    lines = ", ".join(str(row.line) for row in there)
                    yield there[-1].problem("weight", what, f"Let lines {lines} sum to 1.")


def unfit_credit(book: Book) -> Iterator[Problem]:
    """Credit that would be paid twice without anybody having said so; versions without credit."""
    of_record = {
        row["role"]: row["is_of_record"] == "true"
        for row in read_beside(book.folder, "partner_roles")
    }
    for row in book.rows["attribution_rules"]:
        shares = of_record.get(row.text("partner_role"))
        if shares is None or row["is_over_credit"] is None:
            continue
        if shares and row["is_over_credit"]:
            what = "roles of record share the 100 percent, so nothing comes on top"
            yield row.problem("is_over_credit", what, "Write false.")
        if not shares and not row["is_over_credit"]:
            what = f"{row.text('partner_role')} is not of record, so its credit comes on top"
            yield row.problem("is_over_credit", what, "Write true: that is over-credit.")
    for version in book.rows["program_versions"]:
        name = version.text("program_version_id")
        counts = version["status"] != "draft"
        if (
            counts
            and name
            and not any(row.version == name for row in book.rows["attribution_rules"])
        ):
            what = "no role of partners is credited, so it pays nobody"
            remedy = "Add its roles to attribution_rules.csv."
            yield version.problem("program_version_id", what, remedy)
