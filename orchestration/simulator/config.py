"""Everything that decides the output of a simulation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.simulator.clock import DAY, day_of, instant, month_start

# The data ends with a complete month and is synced two days later; nothing reads the wall clock.
LAST_DAY = day_of(2026, 10, 31)
AS_OF = instant(2026, 11, 2, 4)

ITEMS_PER_CUSTOMER = 1.5
DETAIL_LIMIT_ITEMS = 20_000


@dataclass(frozen=True)
class SimulationConfig:
    """Settings of one run; the same settings give the same bytes, whatever `workers` is.

    `items` (about that many subscription items) replaces `customers` when given. Raises
    `ValueError` for settings that cannot be simulated.
    """

    out: Path
    truth: Path
    customers: int = 1_500
    partners: int | None = None
    months: int = 36
    seed: int = 7
    dirt: bool = True
    usage: bool = True
    items: int | None = None
    workers: int = 2
    file_format: str = "parquet"

    def __post_init__(self) -> None:
        if self.customer_count < 1:
            raise ValueError("customers must be at least 1")
        if not 18 <= self.months <= 96:
            raise ValueError("months must lie between 18 and 96")
        if self.partners is not None and self.partners < 12:
            raise ValueError("partners must be at least 12: two-tier chains need several")
        if self.file_format not in ("parquet", "csv"):
            raise ValueError("format must be parquet or csv")

    @property
    def customer_count(self) -> int:
        """End customers to tell a story of."""
        if self.items is None:
            return self.customers
        return max(1, round(self.items / ITEMS_PER_CUSTOMER))

    @property
    def partner_count(self) -> int:
        """Partners: given, or growing slowly with the customers."""
        if self.partners is not None:
            return self.partners
        return max(60, min(3_000, self.customer_count // 150))

    @property
    def detailed(self) -> bool:
        """Small enough for true movements, daily usage and a history row a billing period."""
        return self.customer_count * ITEMS_PER_CUSTOMER <= DETAIL_LIMIT_ITEMS

    @property
    def first_day(self) -> int:
        """First day of the first complete month."""
        return month_start(LAST_DAY, 1 - self.months)

    @property
    def begin(self) -> int:
        """First instant at which something may be sold."""
        return self.first_day * DAY

    @property
    def blocks(self) -> int:
        """Blocks of customers; a block is one part file a table and one unit of work."""
        return max(1, min(64, -(-self.customer_count // 250)))

    def block_range(self, block: int) -> range:
        """Customer numbers of a block."""
        size = -(-self.customer_count // self.blocks)
        return range(block * size + 1, min((block + 1) * size, self.customer_count) + 1)
