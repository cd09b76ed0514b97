"""What Dagster starts by itself: nothing, unless PARTNER_METRICS_AUTOMATION names it.

A clone that somebody looks at must not begin to close months. So each schedule and sensor is off
until it is switched on, by name in the environment (`PARTNER_METRICS_AUTOMATION=daily,month_close`)
or on Dagster's page, which remembers what was switched there and then prevails.
"""

from __future__ import annotations

import os

from orchestration.errors import PartnerMetricsError

TIME_ZONE = "Europe/Amsterdam"
DAILY, MONTH_CLOSE, LANDED_FILES = "daily", "month_close", "landed_files"
NAMES = (DAILY, MONTH_CLOSE, LANDED_FILES)


def is_switched_on(name: str) -> bool:
    """Whether the environment switches the schedule or sensor of that name on.

    Raises PartnerMetricsError when it names one that there is not.
    """
    text = os.environ.get("PARTNER_METRICS_AUTOMATION", "")
    named = {part.strip() for part in text.split(",")} - {""}
    if unknown := sorted(named.difference(NAMES)):
        raise PartnerMetricsError(
            f"PARTNER_METRICS_AUTOMATION names {', '.join(unknown)}; there is only "
            f"{', '.join(NAMES)}."
        )
    return name in named
