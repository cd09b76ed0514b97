"""Tells somebody that a run failed. Every hook hears of every failure.

A line goes to `build/logs/alerts.log`. With PARTNER_METRICS_ALERT_WEBHOOK set, the same text is
posted there as JSON `{"text": ...}`, which Slack, Teams and most others read. For another channel
add a function to HOOKS. A hook that fails never fails the run.

The webhook's address is a secret, like passwords and keys: none of them is ever written or sent.
"""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from orchestration.settings import Settings

WEBHOOK = "PARTNER_METRICS_ALERT_WEBHOOK"
ALERTS = "alerts.log"
SECONDS_TO_ANSWER = 10
LONGEST_TEXT = 2000
SECRET_NAMES = re.compile(r"WEBHOOK|SECRET|PASSWORD|PASSWD|PGPASS|TOKEN|CREDENTIAL|_KEY")
SHORTEST_SECRET = 6
PASSWORD_IN_ADDRESS = re.compile(r"(://[^\s/:@]*):[^\s/@]+@|(\bpassword\s*=\s*)('[^']*'|\S+)")


@dataclass(frozen=True)
class FailedRun:
    """`problem` is the plain message of what failed; `run_id` is None if no run began."""

    job: str
    problem: str
    run_id: str | None = None

    @property
    def text(self) -> str:
        """What people read, with nothing secret in it."""
        run = f" (run {self.run_id})" if self.run_id else ""
        text = without_secrets(f"Partner metrics: {self.job} failed{run}. {self.problem}".strip())
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} ..."


Hook = Callable[[Settings, FailedRun], None]


def write_line(settings: Settings, failed: FailedRun) -> None:
    """One line in the log of alerts, with the time in UTC."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None).isoformat()
    _append(settings, f"{now} {' '.join(failed.text.split())}")


def post_to_webhook(settings: Settings, failed: FailedRun) -> None:
    """Post to the address in the environment, if there is one; a refusal is logged, without it."""
    address = os.environ.get(WEBHOOK, "").strip()
    if not address:
        return
    if not address.startswith(("https://", "http://")):
        _append(settings, f"  not delivered: {WEBHOOK} does not begin with https:// or http://")
        return
    try:
        request = urllib.request.Request(  # noqa: S310 - whoever runs this chose the address
            address,
            data=json.dumps({"text": failed.text}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=SECONDS_TO_ANSWER):  # noqa: S310
            return
    except urllib.error.HTTPError as error:
        reason = f"it answered {error.code}"
        error.close()
    except urllib.error.URLError as error:
        reason = type(error.reason).__name__
    except Exception as error:  # the address may stand in any other message
        reason = type(error).__name__
    _append(settings, f"  not delivered to {WEBHOOK}: {reason}")


HOOKS: list[Hook] = [write_line, post_to_webhook]


def tell(settings: Settings, failed: FailedRun) -> None:
    """Let every hook tell of a failed run; what goes wrong in one stops no other."""
    for hook in HOOKS:
        try:
            hook(settings, failed)
        except Exception as error:
            print(f"{getattr(hook, '__name__', hook)} did not tell: {type(error).__name__}")


def without_secrets(text: str) -> str:
    """The text with every secret of the environment, and every password in an address, cut out."""
    secrets = [
        value
        for name, value in os.environ.items()
        if SECRET_NAMES.search(name.upper()) and len(value) >= SHORTEST_SECRET
    ]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "...")
    return PASSWORD_IN_ADDRESS.sub(
        lambda found: f"{found[1]}:...@" if found[1] is not None else f"{found[2]}...", text
    )


def _append(settings: Settings, line: str) -> None:
    settings.log_dir.mkdir(parents=True, exist_ok=True)
    with (settings.log_dir / ALERTS).open("a", encoding="utf-8") as log:
        log.write(f"{line}\n")
