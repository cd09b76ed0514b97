"""Rules about levers and what stands on them: measures, effects, limits, exceptions."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.programs.book import Book, grouped, in_force_at_once
from orchestration.programs.needs import exactly_one, needed
from orchestration.programs.problems import Problem

MOST_EFFECTS = 6
# A rate of it is money only where it is money itself.
BY_RATE = ("flat", "slab", "stepped", "tier_lookup", "linear", "target_attainment")
# What can become of what is over a cap or below a floor or minimum.
BREACHES = {
    "cap": ("truncate", "forfeit", "carry", "pro_rata_budget"),
    "floor": ("truncate",),
    "minimum_payout": ("forfeit", "carry"),
}


def misformed_bindings(book: Book) -> Iterator[Problem]:
    """A binding that compares without saying how, or says how without comparing."""
    for row in book.rows["metric_bindings"]:
        if row["comparator"] is None:
            continue
        compares = row["comparator"] != "none"
        for column in ("comparator_form", "new_entity"):
            yield from needed(row, column, compares, "a comparator")
        is_fixed = row["comparator"] == "fixed"
        yield from needed(row, "comparator_value", is_fixed, "a fixed comparator")


def rates_of_counts(book: Book) -> Iterator[Problem]:
    """A rate that is applied to what is no money."""
    for lever in book.rows["levers"]:
        key = lever.text("pay_binding_id")
        for row in book.find("metric_bindings", lever.version, "binding_id", key):
            name = row.text("metric_id")
            metric = book.metrics.get(name)
            is_money = (metric is None or metric.is_money) and row["comparator_form"] != "ratio"
            if lever["rate_basis"] in BY_RATE and not is_money:
                what = f"{lever.text('rate_basis')} takes a rate of {name}, which is no money"
                remedy = "Pay by per_unit or fixed_amount, or bind a metric that is money."
                yield lever.problem("pay_binding_id", what, remedy)


def offers_out_of_reach(book: Book) -> Iterator[Problem]:
    """A lever for some products, or registered deals, whose measure does not tell of them.

    Nothing would fit, so it would pay nothing. A measure of the same products fits as a whole.
    """
    for lever in book.rows["levers"]:
        for row in book.find(
            "metric_bindings", lever.version, "binding_id", lever.text("pay_binding_id")
        ):
            metric = book.metrics.get(row.text("metric_id"))
            has_lines = metric is None or metric.has_lines
            is_compared = row["comparator"] not in (None, "none")
            by_customer = row["level"] in ("customer", "customer_product")
            if lever.text("offer_set_id") not in ("", row.text("offer_set_id")) and (
                not has_lines or (is_compared and row["level"] != "customer_product")
            ):
                what = f"{row.text('binding_id')} is not told by product, so nothing would fit"
                remedy = "Name the offer set in the binding too, or compare by customer_product."
                yield lever.problem("offer_set_id", what, remedy)
            if lever.text("deal_registration_policy_id") and (
                not has_lines or (is_compared and not by_customer)
            ):
                what = f"{row.text('binding_id')} is not told by customer, so no deal would fit"
                remedy = "Pay on a metric that is told by customer, or compare by customer."
                yield lever.problem("deal_registration_policy_id", what, remedy)


def misformed_members(book: Book) -> Iterator[Problem]:
    """An offer that names a family and a product, or neither; a region class of no country."""
    for row in book.rows["offer_set_members"]:
        yield from exactly_one(row, ("product_family", "product_id"))
    for row in book.rows["scope_members"]:
        value = row.text("value")
        if row["dimension"] == "region_class" and not book.find(
            "region_classes", row.version, "region_class", value
        ):
            what = "region_classes.csv has no country of it for this version"
            yield row.problem("value", what, "Add its countries there.")


def misformed_effects(book: Book) -> Iterator[Problem]:
    """An accelerator that depends on nothing, or on two things; too many of them on a lever."""
    for row in book.rows["accelerators"]:
        yield from exactly_one(row, ("binding_id", "tier_id"))
        for column in ("operator", "threshold"):
            yield from needed(row, column, row["binding_id"] is not None, "a metric")
        upper = row["upper_threshold"]
        if upper is not None and row.number("upper_threshold") <= row.number("threshold"):
            what = f"it is not above threshold ({row['threshold']})"
            yield row.problem("upper_threshold", what, "Raise it, or leave it empty.")
    levers = grouped(book.rows["accelerators"], lambda row: (row.version, row["lever_id"]))
    for rows in levers.values():
        for there in in_force_at_once(rows):
            for order in grouped(there, lambda row: row["apply_order"]).values():
                if len(order) > 1:
                    what = f"line {order[0].line} has the same order on this lever"
                    remedy = "The order decides the amount: give each its own."
                    yield order[1].problem("apply_order", what, remedy)
            if len(there) > MOST_EFFECTS:
                what = f"it is number {len(there)} on its lever"
                remedy = f"At most {MOST_EFFECTS} are applied; use bands for more."
                yield there[-1].problem("accelerator_id", what, remedy)


def misformed_limits(book: Book) -> Iterator[Problem]:
    """A limit with a consequence that its kind cannot have."""
    for row in book.rows["limits"]:
        known = BREACHES.get(row.text("kind"))
        breach = row.text("on_breach")
        if known and breach and breach not in known:
            what = f"a {row.text('kind')} cannot do that"
            yield row.problem("on_breach", what, f"It is one of {', '.join(known)}.")
        if breach == "pro_rata_budget" and row["level"] != "program":
            what = "only a budget of the whole program is cut in proportion"
            yield row.problem("level", what, "Write program, or truncate.")
        elif row["level"] == "program" and (breach == "carry" or row["kind"] == "floor"):
            what = "a budget is cut or spent: nothing of it is owed to anybody"
            remedy = "A program has caps only: truncate, forfeit or pro_rata_budget."
            yield row.problem("level", what, remedy)


def misformed_funds(book: Book) -> Iterator[Problem]:
    """Earning periods that do not make up a year."""
    for row in book.rows["fund_wallets"]:
        months = row["earn_months"]
        if isinstance(months, int) and months and 12 % months:
            what = "earning periods of so many months do not make up a year"
            yield row.problem("earn_months", what, "Write 1, 2, 3, 4, 6 or 12.")


def offsets_that_forget(book: Book) -> Iterator[Problem]:
    """An offset that would drop what later payments cannot bear at once: the ledger carries it."""
    for row in book.rows["clawback_rules"]:
        if row["recovery"] == "offset" and row["carries_negative"] is False:
            what = "what cannot be offset at once would be lost"
            remedy = "Write true, or recover by invoice."
            yield row.problem("carries_negative", what, remedy)


def misformed_exceptions(book: Book) -> Iterator[Problem]:
    """An exception from nothing, or from two things; one for a lever without a rate."""
    for row in book.rows["exception_grants"]:
        yield from exactly_one(row, ("lever_id", "gate_condition_id", "tier_id"))
        if row["tier_id"] is not None:
            yield from needed(row, "value_override", False, "a lever or a condition")
        elif row["lever_id"] is not None:
            yield from needed(row, "value_override", True, "a lever")


def unmeasured_events(book: Book) -> Iterator[Problem]:
    """Milestones and renewals without the metric that counts them."""
    for lever in book.rows["levers"]:
        for column, metric in (
            ("milestone_id", "milestones_reached"),
            ("renewal_rule_id", "renewed_mrr"),
        ):
            bound = {
                row.text("metric_id")
                for row in book.find(
                    "metric_bindings", lever.version, "binding_id", lever.text("pay_binding_id")
                )
            }
            if lever.text(column) and bound and bound != {metric}:
                what = f"{lever.text('pay_binding_id')} does not measure {metric}"
                remedy = f"Pay on a binding of {metric}, or leave {column} empty."
                yield lever.problem(column, what, remedy)
