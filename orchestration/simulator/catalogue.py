"""Products, prices and coupons on sale: the same for every run, so that every block knows them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache

from orchestration.simulator.clock import instant

MICRO = 1_000_000
CREATED = instant(2023, 1, 9, 10)

# Digits of the minor unit: most currencies have cents, some none, some a thousandth.
MINOR_DIGITS = {"eur": 2, "usd": 2, "gbp": 2, "chf": 2, "sek": 2, "jpy": 0, "kwd": 3}
MINOR_UNITS = {currency: int("1" + "0" * digits) for currency, digits in MINOR_DIGITS.items()}
# A rough price level against the euro, so that amounts look native.
PRICE_LEVEL = {
    "eur": (1, 1),
    "usd": (11, 10),
    "gbp": (9, 10),
    "chf": (1, 1),
    "sek": (11, 1),
    "jpy": (160, 1),
    "kwd": (1, 3),
}

MONTH, QUARTER, HALF_YEAR = ("month", 1), ("month", 3), ("month", 6)
YEAR, TWO_YEARS, THREE_YEARS = ("year", 1), ("year", 2), ("year", 3)
WEEK, TWO_WEEKS, DAILY = ("week", 1), ("week", 2), ("day", 1)
TERMS = (MONTH, QUARTER, HALF_YEAR, YEAR, TWO_YEARS, THREE_YEARS, WEEK, TWO_WEEKS, DAILY)
_TERM_FACTOR = {
    MONTH: (1, 1),
    QUARTER: (3, 1),
    HALF_YEAR: (57, 10),
    YEAR: (108, 10),
    TWO_YEARS: (21, 1),
    THREE_YEARS: (30, 1),
    WEEK: (1, 4),
    TWO_WEEKS: (1, 2),
    DAILY: (1, 30),
}
# Price editions: two list prices, three contractual steps, and what happens when someone mistypes.
EDITION_FACTOR = {"v1": 100, "v2": 107, "e1": 104, "e2": 108, "e3": 113}


@dataclass(frozen=True)
class Product:
    """A thing on sale; `monthly` is the list price a month in euro cents."""

    id: str
    name: str
    family: str
    revenue_type: str | None
    monthly: int
    quantity_step: int = 1


@dataclass(frozen=True)
class Price:
    """A price as billing knows it. `unit` is in hundredths of the minor unit."""

    id: str
    product: Product
    currency: str
    interval: str | None
    count: int
    unit: int
    edition: str
    metered: bool = False
    minimum: int = 0

    @property
    def escalator(self) -> bool:
        """Whether this price is a rise agreed in the contract."""
        return self.edition.startswith("e")

    def amount(self, quantity: int) -> int:
        """Minor units for one billing interval; raises ValueError where that is no whole number."""
        hundredths = self.unit * quantity
        if hundredths % 100:
            raise ValueError(f"{quantity} x {self.id} is not a whole number of minor units")
        return hundredths // 100


@dataclass(frozen=True)
class Coupon:
    """A discount on offer: `basis_points` off, or `amount_off` minor units an invoice."""

    id: str
    duration: str
    months: int | None = None
    basis_points: int = 0
    amount_off: int = 0
    currency: str | None = None


CORE = Product("prod_core", "Core platform", "platform", "recurring", 2_400)
CORE_PRO = Product("prod_core_pro", "Core platform professional", "platform", "recurring", 4_100)
CORE_ENT = Product("prod_core_ent", "Core platform enterprise", "platform", "recurring", 7_300)
BACKUP = Product("prod_backup", "Managed backup", "protection", "recurring", 900)
SECURE = Product("prod_secure", "Endpoint shield", "protection", None, 1_250)
ANALYTICS = Product("prod_analytics", "Insight analytics", "data", "recurring", 3_300)
SUPPORT = Product("prod_support", "Premium support", "services", "recurring", 15_000)
EVENTS = Product("prod_events", "Event stream", "data", "recurring", 4, 200)
API = Product("prod_api", "Connect API", "data", "recurring", 0)
CLOUD = Product("prod_cloud", "Cloud hosting at cost", "hosting", "pass_through", 5_000)
APPLIANCE = Product("prod_appliance", "Edge appliance", "devices", "hardware", 129_000)
SETUP = Product("prod_setup", "Onboarding and set-up", "services", "setup", 95_000)
TRAINING = Product("prod_training", "Training day", "services", "one_off", 65_000)

SEAT_PRODUCTS = (CORE, CORE_PRO, CORE_ENT, BACKUP, SECURE, ANALYTICS)
RECURRING_PRODUCTS = (*SEAT_PRODUCTS, SUPPORT, EVENTS)
PRODUCTS = (*RECURRING_PRODUCTS, API, CLOUD, APPLIANCE, SETUP, TRAINING)
ONE_TIME = (APPLIANCE, SETUP, TRAINING)


@cache
def price(product: Product, currency: str, term: tuple[str, int], edition: str = "v1") -> Price:
    """The recurring price of a product for a billing term."""
    level, per = PRICE_LEVEL[currency]
    factor, divisor = _TERM_FACTOR[term]
    minor = MINOR_UNITS[currency]
    # Euro cents x level x term, in hundredths of the currency's minor unit.
    hundredths = (
        product.monthly * level * factor * EDITION_FACTOR[edition] * minor // (per * divisor * 100)
    )
    if product.quantity_step == 1:
        hundredths = max(100, hundredths // 100 * 100)
    else:
        # Prices with fractions of a minor unit; sold in packs that come to whole minor units.
        hundredths = max(50, hundredths // 50 * 50 + (50 if minor > 1 else 0))
    interval, count = term
    name = product.id.removeprefix("prod_")
    return Price(
        f"price_{name}_{currency}_{count}{interval[0]}_{edition}",
        product,
        currency,
        interval,
        count,
        hundredths,
        edition,
    )


@cache
def metered_price(currency: str, with_minimum: bool) -> Price:
    """A usage price by the month, with or without a committed minimum."""
    level, per = PRICE_LEVEL[currency]
    minor = MINOR_UNITS[currency]
    minimum = 500 * minor * level // per if with_minimum else 0
    kind = "min" if with_minimum else "free"
    unit = max(1, 2 * level * minor // (per * 10))
    return Price(
        f"price_api_{currency}_{kind}", API, currency, "month", 1, unit, "v1", True, minimum
    )


@cache
def one_time_price(product: Product, currency: str) -> Price:
    """The price of hardware or of a one-off service."""
    level, per = PRICE_LEVEL[currency]
    minor = MINOR_UNITS[currency]
    unit = product.monthly * level * minor // (per * 100) * 100
    name = product.id.removeprefix("prod_")
    return Price(f"price_{name}_{currency}_once", product, currency, None, 0, unit, "v1")


def all_prices() -> list[Price]:
    """Every price on sale, in a fixed order."""
    found: list[Price] = []
    for currency in MINOR_DIGITS:
        for product in (*RECURRING_PRODUCTS, CLOUD):
            found.extend(
                price(product, currency, term, edition)
                for term in TERMS
                for edition in EDITION_FACTOR
            )
        found.extend(metered_price(currency, flag) for flag in (True, False))
        found.extend(one_time_price(product, currency) for product in ONE_TIME)
    return found


TWENTY_FOR_THREE = Coupon("coupon_20_3m", "repeating", 3, basis_points=2_000)
TEN_FOREVER = Coupon("coupon_10_forever", "forever", basis_points=1_000)
ODD_FOREVER = Coupon("coupon_12_5_forever", "forever", basis_points=1_250)
FIFTEEN_ONCE = Coupon("coupon_15_once", "once", basis_points=1_500)
FREE_THREE = Coupon("coupon_free_3m", "repeating", 3, basis_points=10_000)
FREE_FOREVER = Coupon("coupon_free_forever", "forever", basis_points=10_000)
LOYALTY = Coupon("coupon_loyalty_5", "forever", basis_points=500)
WELCOME_SIX = Coupon("coupon_25_6m", "repeating", 6, basis_points=2_500)


@cache
def amount_coupon(currency: str, months: int | None) -> Coupon:
    """A fixed amount off each invoice, for some months or for ever."""
    level, per = PRICE_LEVEL[currency]
    amount = 10 * MINOR_UNITS[currency] * level // per
    kind = "forever" if months is None else f"{months}m"
    return Coupon(
        f"coupon_amount_{currency}_{kind}",
        "forever" if months is None else "repeating",
        months,
        amount_off=amount,
        currency=currency,
    )


def all_coupons() -> list[Coupon]:
    """Every coupon, in a fixed order."""
    amounts = [amount_coupon(currency, months) for currency in MINOR_DIGITS for months in (6, None)]
    return [
        TWENTY_FOR_THREE,
        TEN_FOREVER,
        ODD_FOREVER,
        FIFTEEN_ONCE,
        FREE_THREE,
        FREE_FOREVER,
        LOYALTY,
        WELCOME_SIX,
        *amounts,
    ]


def monthly_micros(amount: int, currency: str, interval: str, count: int) -> int:
    """Minor units per billing interval as millionths of a major unit per month, rounded half up."""
    top, bottom = amount * MICRO, MINOR_UNITS[currency] * count
    if interval == "year":
        bottom *= 12
    elif interval == "week":
        top, bottom = top * 52, bottom * 12
    elif interval == "day":
        top, bottom = top * 365, bottom * 12
    return (2 * top + bottom) // (2 * bottom)


def _decimal_text(hundredths: int) -> str:
    return (
        f"{hundredths // 100}.{hundredths % 100:02d}"
        if hundredths % 100
        else str(hundredths // 100)
    )


def product_rows(synced: int) -> list[tuple[object, ...]]:
    """Rows of stripe.product."""
    rows: list[tuple[object, ...]] = []
    for product in PRODUCTS:
        metadata = {"family": product.family}
        if product.revenue_type:
            metadata["revenue_type"] = product.revenue_type
        rows.append(
            (product.id, synced, True, CREATED, None, False, True, json.dumps(metadata),
             product.name, "service", "seat", CREATED)
        )  # fmt: skip
    return rows


def price_rows(synced: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Rows of stripe.price and of stripe.plan (recurring prices only)."""
    prices: list[tuple[object, ...]] = []
    plans: list[tuple[object, ...]] = []
    for one in all_prices():
        metadata: dict[str, str] = {}
        if one.escalator:
            metadata["escalator"] = "true"
        if one.minimum:
            metadata["committed_minimum"] = str(one.minimum)
        whole = one.unit // 100 if one.unit % 100 == 0 else None
        usage = None if one.interval is None else ("metered" if one.metered else "licensed")
        prices.append(
            (one.id, synced, True, "per_unit", CREATED, one.currency, False, True,
             json.dumps(metadata) if metadata else None, one.id, one.product.id,
             "sum" if one.metered else None, one.interval, one.count or None, usage,
             "recurring" if one.interval else "one_time", whole, _decimal_text(one.unit))
        )  # fmt: skip
        if one.interval:
            plans.append(
                (one.id, synced, True, whole, "per_unit", CREATED, one.currency, one.interval,
                 one.count, False, True, one.id, one.product.id, usage)
            )  # fmt: skip
    return prices, plans


def coupon_rows(synced: int) -> list[tuple[object, ...]]:
    """Rows of stripe.coupon."""
    return [
        (one.id, one.amount_off or None, CREATED, one.currency, one.duration, one.months, True,
         None, one.id, _decimal_text(one.basis_points) if one.basis_points else None, 0, True,
         synced)
        for one in all_coupons()
    ]  # fmt: skip
