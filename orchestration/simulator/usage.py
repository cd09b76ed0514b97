"""Daily product usage of each seat item: how many of the seats that were bought are used."""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from orchestration.simulator.clock import DAY, HOUR
from orchestration.simulator.config import AS_OF
from orchestration.simulator.truth import ItemLine

# Share of a day's usage, Monday to Sunday, in percent of a full working day.
_WEEK = np.array([100, 104, 103, 101, 92, 22, 15], dtype=np.int64)
_DECLINE_DAYS = 90


# A few never get started, and a few use far more of a product than others do.
_STUCK_PERCENT, _HEAVY_PERCENT = 3, 5


def _habit(item_id: str, seed: int) -> str:
    draw = random.Random(f"{seed}:habit:{item_id}").randrange(100)
    if draw < _STUCK_PERCENT:
        return "stuck"
    return "heavy" if draw < _STUCK_PERCENT + _HEAVY_PERCENT else "usual"


def usage_rows(lines: list[ItemLine], seed: int, detailed: bool) -> list[tuple[Any, ...]]:
    """Rows of daily_usage while an item is in service; whole-number arithmetic only.

    A big run has one day a week of the last two months.
    """
    rows: list[tuple[Any, ...]] = []
    last_day = AS_OF // DAY - 1
    for line in lines:
        spans = line.spans()
        if not spans or spans[0][2].step.price.metered:
            continue
        rng = random.Random(f"{seed}:usage:{line.item.id}")
        keen, growth = rng.randint(35, 95), rng.randint(0, 25)
        habit = _habit(line.item.id, seed)
        final = spans[-1][1]
        first_seen = spans[0][0]
        for start, end, state in spans:
            stop = last_day if end is None else min(end - 1, last_day)
            begin = start if detailed else max(start, last_day - 60)
            if begin > stop:
                continue
            days = np.arange(begin, stop + 1, 1 if detailed else 7, dtype=np.int64)
            percent = np.minimum(98, keen + growth * np.minimum(days - first_seen, 365) // 365)
            if final is not None:
                # Customers that leave use less and less before they do.
                left = np.minimum(final - days, _DECLINE_DAYS)
                percent = percent * (30 + 70 * left // _DECLINE_DAYS) // 100
            if habit == "stuck":
                percent = np.full_like(days, keen % 7)
            noise = days * 7_919 % 13
            bought = state.quantity
            used = np.minimum(bought, bought * percent * (94 + noise) // 10_000)
            active = used * _WEEK[(days - 4) % 7] // 105
            events = active * (20 + noise) * (3 if habit == "heavy" else 1) + noise
            synced = (days + 1) * DAY + 4 * HOUR
            rows.extend(
                (line.item.id, day, bought, seats, users, done, at)
                for day, seats, users, done, at in zip(
                    days.tolist(), used.tolist(), active.tolist(), events.tolist(),
                    synced.tolist(), strict=True,
                )
            )  # fmt: skip
    return rows
