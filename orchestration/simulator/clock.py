"""Calendar arithmetic on plain integers.

An *instant* is whole seconds since 1970-01-01 UTC, a *day* is whole days since then, and a local
day is the day in the reporting time zone. Tens of millions of periods are computed in a large
run, so tables of month starts replace datetime objects.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = 86_400
HOUR = 3_600
FIRST_YEAR, LAST_YEAR = 2010, 2045
REPORTING_ZONE = "Europe/Amsterdam"

_EPOCH = dt.date(1970, 1, 1)
_BASE = FIRST_YEAR * 12


def day_of(year: int, month: int, day: int) -> int:
    """Days since the epoch of a calendar date."""
    return (dt.date(year, month, day) - _EPOCH).days


def instant(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """Seconds since the epoch of a UTC wall-clock time."""
    return day_of(year, month, day) * DAY + hour * HOUR + minute * 60


def _month_table() -> tuple[list[int], list[int]]:
    starts = [day_of(y, m, 1) for y in range(FIRST_YEAR, LAST_YEAR) for m in range(1, 13)]
    lengths = [after - before for before, after in pairwise(starts)]
    return starts, lengths


_MONTH_START, _MONTH_LENGTH = _month_table()


def _day_table() -> list[tuple[int, int]]:
    """(month index, day of month) for each day from the first month on."""
    table: list[tuple[int, int]] = []
    for index, length in enumerate(_MONTH_LENGTH):
        table.extend((index, day) for day in range(1, length + 1))
    return table


_DAYS = _day_table()
_FIRST_DAY = _MONTH_START[0]


def _zone_table() -> tuple[list[int], list[int]]:
    """Instants at which the offset of the reporting zone changes, and the offset from there on."""
    zone = ZoneInfo(REPORTING_ZONE)
    instants, offsets = [-(10**12)], [HOUR]
    last = HOUR
    for hour in range(_FIRST_DAY * 24, _MONTH_START[-1] * 24, 1):
        # Changes of European summer time happen at 01:00 UTC; other hours need no look.
        if hour % 24 != 1:
            continue
        moment = dt.datetime.fromtimestamp(hour * HOUR, tz=zone)
        offset = int((moment.utcoffset() or dt.timedelta()).total_seconds())
        if offset != last:
            instants.append(hour * HOUR)
            offsets.append(offset)
            last = offset
    return instants, offsets


_ZONE_AT, _ZONE_OFFSET = _zone_table()


def local_day(at: int) -> int:
    """The day of the reporting zone that an instant falls on."""
    return (at + _ZONE_OFFSET[bisect_right(_ZONE_AT, at) - 1]) // DAY


def add_months(at: int, months: int, anchor_day: int = 0) -> int:
    """`months` later at the same time of day, cut to the month's last day as billing systems do.

    `anchor_day` (1..31) is the wanted day of month; 0 takes it from `at`.
    """
    day, seconds = divmod(at, DAY)
    index, day_of_month = _DAYS[day - _FIRST_DAY]
    index += months
    wanted = anchor_day or day_of_month
    return (_MONTH_START[index] + min(wanted, _MONTH_LENGTH[index]) - 1) * DAY + seconds


def month_start(day: int, months: int = 0) -> int:
    """First day of the month of `day`, moved by `months`."""
    return _MONTH_START[_DAYS[day - _FIRST_DAY][0] + months]


def whole_months(from_day: int, to_day: int) -> tuple[int, int]:
    """(whole months, left-over days) between two days, counted from `from_day`."""
    from_index, from_dom = _DAYS[from_day - _FIRST_DAY]
    to_index, _ = _DAYS[to_day - _FIRST_DAY]
    months = to_index - from_index
    while True:
        index = from_index + months
        reached = _MONTH_START[index] + min(from_dom, _MONTH_LENGTH[index]) - 1
        if reached <= to_day:
            return months, to_day - reached
        months -= 1


def next_sync(at: int, hour: int = 4) -> int:
    """The first daily connector run (04:00 UTC) after an instant."""
    shift = hour * HOUR
    return ((at - shift) // DAY + 1) * DAY + shift


def iso_day(day: int) -> str:
    """`YYYY-MM-DD` of a day number."""
    return (_EPOCH + dt.timedelta(days=day)).isoformat()
