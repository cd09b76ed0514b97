"""Swaps counted by hand: one customer, item by item and day by day, as the rule says it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby

LINK_DAYS = 31
OPEN_END = date(9999, 12, 31)
FIRST_DAY = date(2025, 1, 1)
# day, currency, movement, reason ("other" for all that no swap makes), whole units of currency
Moved = tuple[date, str, str, str]


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


@dataclass(frozen=True)
class Item:
    """`values` are (first day, value), the first of them the start; `end` may be open."""

    name: str
    product: str
    currency: str
    values: tuple[tuple[int, int], ...]
    end: int | None
    ended_by: str | None
    shares: str

    @property
    def start(self) -> int:
        return self.values[0][0]

    @property
    def last_value(self) -> int:
        return self.values[-1][1]

    def value_on(self, number: int) -> int:
        return [value for since, value in self.values if since <= number][-1]

    def serves_after(self, number: int) -> bool:
        return self.end is None or self.end > number


@dataclass
class Match:
    old: Item
    new: Item
    amount: int


@dataclass
class Book:
    """What is matched within each currency, and which items change their currency."""

    matches: list[Match] = field(default_factory=list)
    starts_on: dict[str, int] = field(default_factory=dict)
    leaves_on: dict[str, int] = field(default_factory=dict)
    left_over: dict[str, int] = field(default_factory=dict)
    is_other_currency: set[str] = field(default_factory=set)

    def of_old(self, item: Item) -> list[Match]:
        return [match for match in self.matches if match.old is item]

    def of_new(self, item: Item) -> list[Match]:
        return [match for match in self.matches if match.new is item]

    def is_pair(self, match: Match) -> bool:
        return len(self.of_old(match.old)) == len(self.of_new(match.new)) == 1


def movements(items: list[Item]) -> Counter[Moved]:
    """Every change of the customer's value but transfers, added up by day, currency and reason."""
    book = Book()
    for currency in sorted({item.currency for item in items}):
        _match([item for item in items if item.currency == currency], book)
    for match in book.matches:
        since = max(match.old.end or 0, match.new.start)
        book.starts_on[match.new.name] = max(book.starts_on.get(match.new.name, 0), since)
    _match_currencies(items, book)
    return _told(items, book)


def _is_old(old: Item, new: Item) -> bool:
    """The old one began before, and ends while the new one goes on."""
    assert old.end is not None
    return old.start < new.start and new.serves_after(old.end)


def _tier(old: Item, new: Item) -> int | None:
    assert old.end is not None
    gap = new.start - old.end
    same = old.product == new.product
    if 0 <= gap <= LINK_DAYS:
        return 1 if same else 3
    return 2 if same and -LINK_DAYS <= gap < 0 and _is_old(old, new) else None


def _ends(items: list[Item]) -> list[Item]:
    return [item for item in items if item.end is not None and item.ended_by != "pause"]


def _lots(items: list[Item], key: Callable[[Item], tuple[object, ...]]) -> list[list[Item]]:
    found = groupby(sorted(items, key=lambda item: (repr(key(item)), item.name)), key=key)
    return [sorted(lot, key=lambda item: -item.last_value) for _, lot in found]


def _capacity(new: Item, olds: list[Item]) -> int:
    """At the end of an overlap the new item cannot take up more than it has then."""
    days = [old.end for old in olds if _tier(old, new) == 2]
    until = max((number for number in days if number is not None), default=new.start)
    return min(value for since, value in new.values if since <= until)


def _match(items: list[Item], book: Book) -> None:
    olds = _ends(items)
    room = {new.name: _capacity(new, olds) for new in items}
    rest = {old.name: old.last_value for old in olds}

    def bound_old(old: Item) -> int | None:
        assert old.end is not None
        return old.start if old.end - old.start <= LINK_DAYS else None

    def bound_new(new: Item) -> int | None:
        return new.end if new.end is not None and new.end - new.start <= LINK_DAYS else None

    def old_group(old: Item) -> tuple[object, ...]:
        return (old.end, old.product, bound_old(old))

    def new_group(new: Item) -> tuple[object, ...]:
        return (new.start, new.product, bound_new(new))

    old_lots = _lots(olds, lambda old: (*old_group(old), old.shares))
    new_lots = _lots(items, lambda new: (*new_group(new), new.shares))
    for lot in new_lots:
        lot.sort(key=lambda new: -room[new.name])
    pairs = [
        (tier, olds_of, news_of)
        for olds_of in old_lots
        for news_of in new_lots
        if (tier := _tier(olds_of[0], news_of[0])) is not None
    ]
    # of items of one product and day, whoever their partners are
    counterparts: dict[tuple[str, tuple[object, ...]], set[tuple[object, ...]]] = defaultdict(set)
    for tier, olds_of, news_of in pairs:
        if tier < 3:
            counterparts["end", old_group(olds_of[0])].add(new_group(news_of[0]))
            counterparts["start", new_group(news_of[0])].add(old_group(olds_of[0]))
    counts = Counter(old_group(old) for old in olds), Counter(new_group(new) for new in items)

    def renews(olds_of: list[Item], news_of: list[Item]) -> bool:
        ended, started = old_group(olds_of[0]), new_group(news_of[0])
        return (
            counterparts["end", ended] == {started}
            and counterparts["start", started] == {ended}
            and counts[0][ended] == counts[1][started]
        )

    renewals = [
        (olds_of, news_of)
        for tier, olds_of, news_of in pairs
        if tier < 3 and renews(olds_of, news_of)
    ]
    renewed = {id(olds_of) for olds_of, _ in renewals}
    renewing = {id(news_of) for _, news_of in renewals}

    def turn(pair: tuple[int, list[Item], list[Item]]) -> tuple[object, ...]:
        tier, olds_of, news_of = pair
        old, new = olds_of[0], news_of[0]
        bounds = (bound_old(old), bound_new(new))
        last = tuple(10**6 if bound is None else bound for bound in bounds)
        value = sum(one.last_value for one in olds_of), sum(room_[one.name] for one in news_of)
        others = old.shares != new.shares
        rest_of_it = (old.product, new.product, last, old.shares, new.shares)
        return (new.start, tier, old.end, others, -value[0], -value[1], *rest_of_it)

    room_ = dict(room)
    taken: dict[tuple[int, int], list[Match]] = defaultdict(list)
    for tier, olds_of, news_of in sorted(pairs, key=turn):
        if tier == 3 and id(olds_of) in renewed and id(news_of) in renewing:
            continue
        for old in olds_of:
            for new in news_of:
                amount = min(rest[old.name], room[new.name])
                if amount:
                    rest[old.name] -= amount
                    room[new.name] -= amount
                    taken[id(olds_of), id(news_of)].append(Match(old, new, amount))
    for olds_of, news_of in renewals:
        only = [key for key in taken if id(olds_of) == key[0] or id(news_of) == key[1]]
        if only != [(id(olds_of), id(news_of))] or len(olds_of) != len(news_of):
            continue
        rises = [
            room_[new.name] - old.last_value for old, new in zip(olds_of, news_of, strict=True)
        ]
        if min(rises) >= 0 or max(rises) <= 0:
            taken[only[0]] = [
                Match(old, new, min(old.last_value, room_[new.name]))
                for old, new in zip(olds_of, news_of, strict=True)
            ]
    book.matches += [match for found in taken.values() for match in found]
    for item in olds:
        used = sum(match.amount for match in book.of_old(item))
        book.left_over[f"end {item.name}"] = item.last_value - used
    for item in items:
        used = sum(match.amount for match in book.of_new(item))
        book.left_over[f"start {item.name}"] = room_[item.name] - used


def _match_currencies(items: list[Item], book: Book) -> None:
    renewed = {
        name
        for match in book.matches
        if book.is_pair(match) and match.old.product == match.new.product
        for name in (f"end {match.old.name}", f"start {match.new.name}")
    }

    def open_ones(side: str, found: list[Item]) -> list[Item]:
        names = {name for name, amount in book.left_over.items() if amount and name not in renewed}
        return [item for item in found if f"{side} {item.name}" in names]

    chosen: list[tuple[Item, Item, int]] = []
    for old in open_ones("end", _ends(items)):
        assert old.end is not None
        days = [
            (max(book.starts_on.get(new.name, new.start), old.end), new)
            for new in open_ones("start", items)
            if new.currency != old.currency and _tier(old, new) is not None
        ]
        first = min((since for since, _ in days), default=None)
        chosen += [(old, new, since) for since, new in days if since == first]
    for _, new, since in chosen:
        book.is_other_currency.add(new.name)
        book.starts_on[new.name] = max(book.starts_on.get(new.name, new.start), since)
    for old, _, _ in chosen:
        book.leaves_on[old.name] = min(
            book.starts_on[new.name] for one, new, _ in chosen if one is old
        )


def _told(items: list[Item], book: Book) -> Counter[Moved]:
    changes: list[tuple[int, str, str, int]] = []
    stands: list[tuple[int, int]] = []  # from, to: days on which something of an item is in force
    for item in items:
        start = book.starts_on.get(item.name, item.start)
        taken = book.of_new(item)
        value = item.value_on(start)
        pair = next((match for match in taken if _is_whole(match, book)), None)
        if pair is not None:
            reason = "plan_change" if pair.old.product != item.product else "other"
            changes.append((start, item.currency, reason, value - pair.old.last_value))
        else:
            reason = "plan_change" if taken else "other"
            if item.name in book.is_other_currency:
                reason = "currency_change"
            used = sum(match.amount for match in taken)
            changes.append((start, item.currency, reason, value - used))
        for since, value_then in item.values:
            if since > start:
                changes.append(
                    (since, item.currency, "other", value_then - item.value_on(since - 1))
                )
        if item.end is None:
            stands.append((start, 10**6))
            continue
        given = book.of_old(item)
        until = item.end
        if given and _is_whole(given[0], book):
            until = book.starts_on[given[0].new.name]
        else:
            until = max([until, *(book.starts_on[match.new.name] for match in given)])
            rest = item.last_value - sum(match.amount for match in given)
            if item.name in book.leaves_on:
                leaves = book.leaves_on[item.name]
                changes.append((leaves, item.currency, "currency_change", -rest))
                until = max(until, leaves)
            else:
                reason = "plan_change" if given else "other"
                changes.append((item.end, item.currency, reason, -rest))
        stands.append((start, until))

    told: Counter[Moved] = Counter()
    first = min(since for since, _ in stands)
    for number, currency, reason, amount in changes:
        was = any(since < number <= until for since, until in stands)
        now = any(since <= number < until for since, until in stands)
        if not was:
            movement, reason = ("new" if number == first else "reactivation"), "other"
        elif not now:
            movement, reason = "churn", "other"
        else:
            movement = "expansion" if amount > 0 else "contraction"
        if amount:
            told[day(number), currency, movement, reason] += amount
    return told


def _is_whole(match: Match, book: Book) -> bool:
    return (
        book.is_pair(match)
        and match.old.name not in book.leaves_on
        and match.new.name not in book.is_other_currency
    )


def interval_rows(customer: str, items: list[Item]) -> list[tuple[object, ...]]:
    """Rows of int_mrr__intervals, in the order of the columns of the test."""
    rows: list[tuple[object, ...]] = []
    for item in items:
        ends = [*(since for since, _ in item.values[1:]), item.end]
        for number, ((since, value), until) in enumerate(zip(item.values, ends, strict=True), 1):
            is_last = number == len(item.values)
            rows.append(
                (
                    item.name, f"s_{item.name}", customer, item.product, f"{item.product}_price",
                    item.currency, value, value, number, is_last,
                    item.ended_by if is_last and item.end is not None else None,
                    day(since), OPEN_END if until is None else day(until),
                    None if number == 1 else day(since), None,
                    None if is_last or until is None else day(until),
                )
            )  # fmt: skip
    return rows


def renamed(items: list[Item], names: list[str]) -> list[Item]:
    return [replace(item, name=name) for item, name in zip(items, names, strict=True)]
