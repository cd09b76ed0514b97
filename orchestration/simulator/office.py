"""Office hours of the help desk: when agents answer, in the local time of a schedule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

from orchestration.simulator.clock import DAY, FIRST_YEAR, LAST_YEAR, day_of

MINUTE = 60


@dataclass(frozen=True)
class Office:
    """Monday to Friday from `opens` to `closes` (minutes after local midnight), but on holidays.

    `zone` is the IANA name, `zone_name` what the help desk calls it.
    """

    id: int
    name: str
    zone: str
    zone_name: str
    opens: int
    closes: int
    holidays: tuple[tuple[str, int], ...] = field(default=(), hash=False)

    def local(self, at: int) -> int:
        """Local wall-clock time as seconds, of an instant."""
        return at + _offset(self.zone, at // 3_600)

    def is_working_day(self, day: int) -> bool:
        """Whether a local day is neither on a weekend nor a holiday."""
        return (day + 3) % 7 < 5 and all(day != holiday for _, holiday in self.holidays)

    def open_at(self, at: int) -> int:
        """`at`, or the first instant after it at which the office is open."""
        for _ in range(40):
            day, seconds = divmod(self.local(at), DAY)
            if not self.is_working_day(day) or seconds >= self.closes * MINUTE:
                at += DAY - seconds + self.opens * MINUTE
            elif seconds < self.opens * MINUTE:
                at += self.opens * MINUTE - seconds
            else:
                return at
        return at

    def after(self, at: int, minutes: int) -> int:
        """The instant so many minutes of office time after another."""
        at = self.open_at(at)
        while True:
            left = self.closes * MINUTE - self.local(at) % DAY
            if minutes * MINUTE < left:
                return at + minutes * MINUTE
            minutes -= left // MINUTE
            at = self.open_at(at + left)


@cache
def _offset(zone: str, hour: int) -> int:
    moment = dt.datetime.fromtimestamp(hour * 3_600, tz=ZoneInfo(zone))
    return int((moment.utcoffset() or dt.timedelta()).total_seconds())


def yearly(*days: tuple[str, int, int]) -> tuple[tuple[str, int], ...]:
    """(name, day) of holidays that have the same date each year."""
    return tuple(
        (name, day_of(year, month, day))
        for year in range(FIRST_YEAR, LAST_YEAR)
        for name, month, day in days
    )
