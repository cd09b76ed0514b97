"""Turns a subscription's story into subscription rows: its versions, its present, its items."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from orchestration.simulator.billing import Rows
from orchestration.simulator.clock import next_sync
from orchestration.simulator.config import AS_OF
from orchestration.simulator.model import NOT_YET_BILLED, Customer, Subscription

_END_OF_TIME = 253_402_300_800


class _Version(NamedTuple):
    at: int
    status: str
    notice: bool
    canceled_at: int | None
    cancel_at: int | None
    ended_at: int | None
    period: tuple[int, int]


def _versions(sub: Subscription, every_period: bool) -> Iterator[_Version]:
    """A version for each change of status or notice, and of period when wanted."""
    points = {at for at, _ in sub.statuses}
    points.update(at for at, _, _ in sub.cancel_requests)
    last = sub.ended or AS_OF
    if every_period:
        points.update(start for start in _period_starts(sub, last) if start < last)
    for at in sorted(points):
        status = sub.status_at(at)
        notice, canceled_at, cancel_at = False, None, None
        for asked, wish, end in sub.cancel_requests:
            if asked <= at:
                notice, cancel_at = wish, end
                canceled_at = asked if wish or end is not None or sub.ended == asked else None
        ended_at = at if sub.ended == at else None
        if ended_at is not None and canceled_at is None:
            canceled_at = ended_at
        period = sub.period_at(at - 1 if ended_at is not None and at > sub.start else at)
        yield _Version(at, status, notice, canceled_at, cancel_at, ended_at, period)


def _period_starts(sub: Subscription, last: int) -> Iterator[int]:
    for index, phase in enumerate(sub.phases):
        limit = sub.phases[index + 1].start if index + 1 < len(sub.phases) else last
        period = 0
        while (start := phase.boundary(period)) < limit:
            if sub.status_at(start) not in ("paused", "canceled"):
                yield start
            period += 1


def subscription_rows(customer: Customer, rows: Rows, detailed: bool) -> None:
    """Rows of subscription, subscription_history and subscription_item of a customer."""
    for sub in customer.subscriptions:
        every_period = detailed and customer.number % 3 == 0
        versions = list(_versions(sub, every_period))
        fields = _metadata(customer, sub)
        for version, following in zip(versions, [*versions[1:], None], strict=True):
            end = _END_OF_TIME if following is None else following.at
            rows["stripe.subscription_history"].append(
                (sub.id, min(AS_OF, next_sync(version.at)), following is None, version.at, end,
                 *_common(customer, sub, version, fields))
            )  # fmt: skip
        current = versions[-1]._replace(period=_current_period(sub, versions[-1]))
        rows["stripe.subscription"].append(
            (sub.id, AS_OF, *_common(customer, sub, current, fields))
        )
        _item_rows(sub, current, rows)


def _current_period(sub: Subscription, last: _Version) -> tuple[int, int]:
    if sub.ended is not None or last.status == "paused":
        return last.period
    return sub.period_at(AS_OF)


def _metadata(customer: Customer, sub: Subscription) -> str | None:
    fields: dict[str, Any] = {}
    if customer.billing_partner is not None:
        fields["end_customer_id"] = customer.account_id
    if sub.license_type:
        fields["license_type"] = sub.license_type
    return json.dumps(fields) if fields else None


def _common(
    customer: Customer, sub: Subscription, version: _Version, metadata: str | None
) -> tuple[Any, ...]:
    """The columns that subscription and its history share, in their order."""
    trial = sub.trial or (None, None)
    quantity = sub.items[0].step_at(version.at).quantity if len(sub.items) == 1 else None
    return (
        "charge_automatically", sub.phase_at(version.at).start, version.cancel_at, version.notice,
        version.canceled_at, sub.start, version.period[1], version.period[0], customer.payer_id,
        None, version.ended_at, True, metadata, quantity, sub.start, version.status, trial[1],
        trial[0],
    )  # fmt: skip


def _item_rows(sub: Subscription, current: _Version, rows: Rows) -> None:
    for item in sub.items:
        if item.end is not None:
            continue  # an item that left is gone from billing without a trace
        step = item.steps[-1]
        synced = step.at if step.how == NOT_YET_BILLED else AS_OF
        rows["stripe.subscription_item"].append(
            (synced, item.start, current.period[1], current.period[0], item.id, None,
             step.price.id, None if step.price.metered else step.quantity, sub.id)
        )  # fmt: skip


def customer_row(customer: Customer, name: str) -> tuple[Any, ...]:
    """The billing customer of a directly billed end customer."""
    created = min(sub.start for sub in customer.subscriptions) - 3_600
    metadata = json.dumps({"crm_account_id": customer.account_id}) if customer.linked else None
    return (
        customer.stripe_id, AS_OF, 0, None, customer.country, 0, created, customer.currency, False,
        None, f"billing@customer{customer.number}.example", False, True, name, "none", metadata,
    )  # fmt: skip
