"""What the last audit came to: the second gate in front of publication, after the build record's.

An audit belongs to one build, so that what is published is what was judged.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole
from orchestration.settings import Settings
from orchestration.suites import BLOCKING

PASSED, FAILED, ERROR, NOT_APPLICABLE = "passed", "failed", "error", "not_applicable"


class CouldNotRunError(PartnerMetricsError):
    """An expectation could not be judged, which is neither a pass nor a failure."""


@dataclass(frozen=True)
class Result:
    """What came of one expectation. `unexpected` of `looked_at` rows are outside the bounds.

    `of_inputs` says that its rows are sources; `subjects` are then those outside.
    """

    id: str
    table: str
    text: str
    bounds: str
    severity: str
    owner: str
    reason: str
    status: str
    message: str
    looked_at: int = 0
    unexpected: int = 0
    observed: str = ""
    samples: tuple[str, ...] = ()
    of_inputs: bool = False
    subjects: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Whether nothing may be published: a blocking failure, or an error of any severity."""
        return self.status == ERROR or (self.status == FAILED and self.severity == BLOCKING)

    @property
    def warns(self) -> bool:
        return self.status == FAILED and self.severity != BLOCKING


@dataclass(frozen=True)
class AuditRecord:
    """One audit of one build: `build_run_id` is the run that built, `compared_with` a version."""

    build_run_id: str
    compared_with: str | None
    results: tuple[Result, ...]

    @property
    def compared_with_what(self) -> str:
        """The version compared with, in words."""
        return self.compared_with or "nothing; no earlier publication is of this data"

    def of(self, table: str) -> list[Result]:
        return [result for result in self.results if result.table == table]

    def count(self, status: str) -> int:
        return sum(result.status == status for result in self.results)


def write_audit(record: AuditRecord, settings: Settings) -> None:
    write_whole(record_path(settings), json.dumps(asdict(record), indent=2))


def record_path(settings: Settings) -> Path:
    return settings.build_dir / "expectations.json"


def read_audit(settings: Settings) -> AuditRecord | None:
    """The last audit, or None when there was none yet."""
    if not record_path(settings).exists():
        return None
    content = json.loads(record_path(settings).read_text("utf-8"))
    results = [
        Result(**{**one, "samples": tuple(one["samples"]), "subjects": tuple(one["subjects"])})
        for one in content["results"]
    ]
    return AuditRecord(content["build_run_id"], content["compared_with"], tuple(results))


def require_passed_audit(settings: Settings, build_run_id: str) -> AuditRecord:
    """The audit of the build, if it lets publication go on; raises PartnerMetricsError if not."""
    record = read_audit(settings)
    if record is None or record.build_run_id != build_run_id:
        raise PartnerMetricsError(
            "Not published: the expectations were not checked on this build. Run the whole main "
            "job (`make run`)."
        )
    require_passed(record)
    return record


def require_passed(record: AuditRecord, more: str = "") -> None:
    """Raise CouldNotRunError or PartnerMetricsError, which name what stands in the way.

    `more` is added to the message: which metrics are spoiled, where to read on.
    """
    errors = [result for result in record.results if result.status == ERROR]
    if errors:
        raise CouldNotRunError(
            f"Not published: {len(errors)} expectation(s) could not run, which is neither a pass "
            f"nor a failure.\n{_listed(errors)}{more}"
        )
    failed = [result for result in record.results if result.blocks]
    if failed:
        raise PartnerMetricsError(
            f"Not published: {len(failed)} blocking expectation(s) failed.\n{_listed(failed)}"
            f"{more}\nIf the figures are right, give the bound in expectations/thresholds.csv a "
            "new value and reason, and run again. Other data belongs in another publication folder "
            "(PARTNER_METRICS_PUBLISH_DIR)."
        )


def _listed(results: list[Result]) -> str:
    return "\n".join(
        f"  {result.id} ({result.table}): {result.text}; plausible is {result.bounds}. "
        f"{result.message}"
        for result in results
    )
