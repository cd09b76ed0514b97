"""Daily reference rates: units of a currency for one euro, on business days only."""

from __future__ import annotations

import random
from typing import Any

from orchestration.simulator.catalogue import MICRO
from orchestration.simulator.clock import DAY, iso_day
from orchestration.simulator.config import AS_OF, SimulationConfig

_START = {"USD": 1_080_000, "GBP": 860_000, "CHF": 960_000, "SEK": 11_300_000, "JPY": 160_000_000,
          "KWD": 332_000}  # fmt: skip
_HOLIDAYS = ("-01-01", "-05-01", "-12-25", "-12-26")
_MONDAY = 4  # 1 January 1970 was a Thursday, so day 4 was a Monday


def rate_rows(config: SimulationConfig) -> list[tuple[Any, ...]]:
    """Rows of daily_rate from a month before the first sale to the sync; a bounded random walk."""
    rows: list[tuple[Any, ...]] = []
    last = AS_OF // DAY - 1
    for currency, start in _START.items():
        rng = random.Random(f"{config.seed}:rates:{currency}")
        rate = start
        for day in range(config.first_day - 45, last + 1):
            if (day - _MONDAY) % 7 >= 5 or iso_day(day).endswith(_HOLIDAYS):
                continue
            pull = (start - rate) // 200
            rate += pull + rate * rng.randint(-600, 600) // 100_000
            shown = rate - rate % 100 if rate < 100 * MICRO else rate - rate % 10_000
            rows.append(("EUR", currency, day, shown, (day + 1) * DAY + 4 * 3_600))
    return rows
