"""One place for paths and settings; each can be set by an environment variable.

| variable | meaning | default |
|---|---|---|
| PARTNER_METRICS_RAW | folder, `s3://bucket/prefix`, `duckdb:file` or `postgres:dsn` | demo |
| PARTNER_METRICS_RAW_SCHEMA_PREFIX | source `x` is in the database's schema `<prefix>x` | |
| PARTNER_METRICS_IGNORE | names in the raw data that need not be read, comma-separated | |
| PARTNER_METRICS_BUILD_DIR | private build folder | build |
| PARTNER_METRICS_PUBLISH_DIR | folder of the published files | published |
| PARTNER_METRICS_SHARE_DIR | files for partners, a folder each | partner_files |
| PARTNER_METRICS_LEDGER_DIR | closed months and what was published; back it up | ledger |
| PARTNER_METRICS_DAGSTER_DIR | Dagster's switches and past runs | .dagster, beside the build |
| PARTNER_METRICS_AUTOMATION | what starts by itself, see automation.py | nothing |
| PARTNER_METRICS_ALERT_WEBHOOK | where a failed run is told, see notify.py | |
| PARTNER_METRICS_USER | who closes a month | the operating system's user |
| PARTNER_METRICS_KEEP_VERSIONS | published versions, and sets of a partner's files, kept | 10 |
| PARTNER_METRICS_MEMORY_LIMIT | DuckDB's memory limit, such as 5GB | min(5 GB, 60 % of memory) |
| PARTNER_METRICS_THREADS | DuckDB's threads | processors available |
| PARTNER_METRICS_DBT_THREADS | models that dbt builds at a time | 2 |

Secrets (object store keys, database passwords) are read from the environment by the engine and
are never written to a file.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import PartnerMetricsError
from orchestration.files import write_whole

PROJECT_DIR = Path(__file__).resolve().parent.parent

GIGABYTE = 1000**3
# One run at a time may hold the build file: those that Dagster starts wait in its queue.
DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""
DEFAULT_MEMORY_LIMIT = 5 * GIGABYTE
SHARE_OF_MEMORY = 0.6


@dataclass(frozen=True)
class Settings:
    """Paths are absolute; `raw` is None when the simulated demo data is used."""

    raw: str | None
    raw_schema_prefix: str
    ignored: tuple[str, ...]
    build_dir: Path
    publish_dir: Path
    share_dir: Path
    ledger_dir: Path
    dagster_home: Path
    user: str
    keep_versions: int
    memory_limit: str
    threads: int
    dbt_threads: int

    @property
    def warehouse_path(self) -> Path:
        """The private DuckDB file that landing and dbt write."""
        return self.build_dir / "warehouse.duckdb"

    @property
    def demo_raw_dir(self) -> Path:
        return self.build_dir / "raw" / "demo"

    @property
    def demo_truth_dir(self) -> Path:
        """What the simulator knows to be true; only tests read it, never the warehouse."""
        return self.build_dir / "truth" / "demo"

    @property
    def raw_location(self) -> str:
        return self.raw or str(self.demo_raw_dir)

    @property
    def dbt_target_dir(self) -> Path:
        return self.build_dir / "dbt"

    @property
    def log_dir(self) -> Path:
        return self.build_dir / "logs"

    @property
    def spill_dir(self) -> Path:
        """Where DuckDB writes what does not fit in its memory limit."""
        return self.build_dir / "spill"

    def duckdb_config(self) -> dict[str, str | bool | int | float | list[str]]:
        """Options for `duckdb.connect`: memory, threads and spill folder are set on purpose."""
        return {
            "memory_limit": self.memory_limit,
            "threads": self.threads,
            "temp_directory": str(self.spill_dir),
            "preserve_insertion_order": False,
            # The build file is private: only this engine opens it, so its newest format serves.
            "storage_compatibility_version": "latest",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }

    def child_environment(self) -> dict[str, str]:
        """Variables for dbt and Dagster child processes: our settings, and no telemetry."""
        return {
            "PARTNER_METRICS_BUILD_DIR": str(self.build_dir),
            "PARTNER_METRICS_PUBLISH_DIR": str(self.publish_dir),
            "PARTNER_METRICS_SHARE_DIR": str(self.share_dir),
            "PARTNER_METRICS_LEDGER_DIR": str(self.ledger_dir),
            "PARTNER_METRICS_DAGSTER_DIR": str(self.dagster_home),
            "PARTNER_METRICS_MEMORY_LIMIT": self.memory_limit,
            "PARTNER_METRICS_THREADS": str(self.threads),
            "PARTNER_METRICS_DBT_THREADS": str(self.dbt_threads),
            "DBT_TARGET_PATH": str(self.dbt_target_dir),
            "DBT_LOG_PATH": str(self.log_dir),
            "DBT_PROFILES_DIR": str(PROJECT_DIR),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DAGSTER_HOME": str(self.dagster_home),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "DO_NOT_TRACK": "1",
        }

    def prepare(self) -> None:
        """Make the private folders and put the settings into this process's environment."""
        for folder in (self.build_dir, self.log_dir, self.spill_dir, self.dagster_home):
            folder.mkdir(parents=True, exist_ok=True)
        dagster_yaml = self.dagster_home / "dagster.yaml"
        if not dagster_yaml.exists():
            write_whole(dagster_yaml, DAGSTER_YAML)
        os.environ.update(self.child_environment())


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment; raises PartnerMetricsError for a value of no use."""
    env = os.environ if environment is None else environment
    raw = env.get("PARTNER_METRICS_RAW", "").strip() or None
    build_dir = _folder(env, "PARTNER_METRICS_BUILD_DIR", "build")
    return Settings(
        raw=raw,
        raw_schema_prefix=env.get("PARTNER_METRICS_RAW_SCHEMA_PREFIX", ""),
        ignored=tuple(
            name
            for one in env.get("PARTNER_METRICS_IGNORE", "").split(",")
            if (name := one.strip().strip("/"))
        ),
        build_dir=build_dir,
        publish_dir=_folder(env, "PARTNER_METRICS_PUBLISH_DIR", "published"),
        share_dir=_folder(env, "PARTNER_METRICS_SHARE_DIR", "partner_files"),
        ledger_dir=_folder(env, "PARTNER_METRICS_LEDGER_DIR", "ledger"),
        # Not in the build folder: what is switched on, and past runs, outlive `make clean`.
        dagster_home=_folder(
            env, "PARTNER_METRICS_DAGSTER_DIR", str(build_dir.parent / ".dagster")
        ),
        user=env.get("PARTNER_METRICS_USER", "").strip() or _system_user(),
        keep_versions=_positive(env, "PARTNER_METRICS_KEEP_VERSIONS", 10),
        memory_limit=env.get("PARTNER_METRICS_MEMORY_LIMIT") or _default_memory_limit(),
        threads=_positive(env, "PARTNER_METRICS_THREADS", available_processors()),
        dbt_threads=_positive(env, "PARTNER_METRICS_DBT_THREADS", 2),
    )


def venv_executable(name: str) -> str:
    """Path of a command installed beside this Python, even when it is not on PATH."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise PartnerMetricsError(
            f"`{name}` is not installed beside {sys.executable}. Run a make command "
            "(for example `make run`): it installs the locked dependencies into .venv."
        )
    return str(path)


def shown(path: Path) -> str:
    """A path as people read it: from the project's folder where it is inside."""
    return str(path.relative_to(PROJECT_DIR) if path.is_relative_to(PROJECT_DIR) else path)


def available_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _folder(env: Mapping[str, str], name: str, default: str) -> Path:
    return (PROJECT_DIR / Path(env.get(name) or default).expanduser()).resolve()


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as containers have
        return f"user {os.getuid()}"


def _positive(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdigit() or int(text) < 1:
        raise PartnerMetricsError(f"{name} is {text!r}; it must be a whole number of 1 or more.")
    return int(text)


def _default_memory_limit() -> str:
    limit = min(DEFAULT_MEMORY_LIMIT, int(_machine_memory() * SHARE_OF_MEMORY))
    return f"{limit // 1000**2}MB"


def _machine_memory() -> int:
    """Bytes of memory this process may use: the container's limit where there is one."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit_file = Path("/sys/fs/cgroup/memory.max")
    if limit_file.exists():
        limit = limit_file.read_text(encoding="utf-8").strip()
        if limit.isdigit():
            memory = min(memory, int(limit))
    return memory
