"""Which shape of the billing API an account's extract has, by the columns that rows fill.

The API moved facts over the years: the price of a line from `plan` to `price` to
`pricing.price_details`, its subscription and item under `parent`, the paid period from the
subscription to its items. Connectors land whichever the account's API version gives, and often
several of them side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestration.delivered import Delivery, Profile

# Table, fact, and its places by shape: a name, or the beginning of names.
PLACES: tuple[tuple[str, str, Mapping[str, tuple[str, ...]]], ...] = (
    (
        "stripe.invoice_line_item",
        "price of a line",
        {
            "plan": ("plan_id", "plan__id", "plan"),
            "price": ("price_id", "price__id", "price"),
            "2025": ("pricing_price_details_price", "pricing__price_details__price", "pricing"),
        },
    ),
    (
        "stripe.invoice_line_item",
        "item of a line",
        {
            "": ("subscription_item_id", "subscription_item"),
            "2025": (
                "parent_subscription_item_details_subscription_item",
                "parent__subscription_item_details__subscription_item",
                "parent",
            ),
        },
    ),
    (
        "stripe.invoice",
        "subscription of an invoice",
        {
            "": ("subscription_id", "subscription"),
            "2025": (
                "parent_subscription_details_subscription",
                "parent__subscription_details__subscription",
                "parent",
            ),
        },
    ),
    (
        "stripe.subscription",
        "paid period on the subscription",
        {"": ("current_period_end",)},
    ),
    (
        "stripe.subscription_item",
        "paid period on its items",
        {"2025": ("current_period_end",)},
    ),
)
TITLES = {
    "plan": "plan_id era (plans, before prices)",
    "price": "price_id era (prices since 2020)",
    "2025": "parent and pricing shape (API 2025-03-31 and later)",
}


@dataclass(frozen=True)
class Shape:
    """The shape of one account: its eras, and where each fact stands, in words."""

    relation: str
    eras: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def title(self) -> str:
        return (
            " and ".join(TITLES[era] for era in self.eras) or "not to be told: no line has a price"
        )


def shapes(delivery: Delivery) -> list[Shape]:
    """The shape of every billing account of which invoice lines were delivered."""
    lines = delivery.profiles.get("stripe.invoice_line_item", ())
    return [_shape(delivery, profile.relation) for profile in lines if profile.rows]


def _shape(delivery: Delivery, relation: str) -> Shape:
    eras: list[str] = []
    facts = []
    contracted = {table.full_name: table for table in delivery.tables}
    for table, fact, places in PLACES:
        filled = _profile(delivery, table, relation)
        if filled is None:
            continue
        read = {
            name
            for column in contracted[table].columns
            for name in contracted[table].places(column)
        }
        found = [(era, name) for era, names in places.items() for name in names if name in filled]
        if fact == "price of a line":
            eras += [era for era, _ in found if era not in eras]
        elif any(era == "2025" for era, _ in found) and fact != "paid period on its items":
            eras += ["2025"] if "2025" not in eras else []
        named = ", ".join(_named(name, name in read) for _, name in found)
        facts.append(f"{fact}: {named or 'nowhere'}")
    return Shape(relation, tuple(eras), tuple(facts))


def _named(name: str, is_read: bool) -> str:
    return name if is_read else f"{name} (not read)"


def _profile(delivery: Delivery, table: str, relation: str) -> frozenset[str] | None:
    profiles: Iterable[Profile] = delivery.profiles.get(table, ())
    return next((one.filled for one in profiles if one.relation == relation and one.rows), None)
