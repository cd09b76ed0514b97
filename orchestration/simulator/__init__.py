"""A deterministic simulator of a vendor's channel: raw tables, and the truth about them."""

from orchestration.simulator.config import SimulationConfig
from orchestration.simulator.engine import simulate

__all__ = ["SimulationConfig", "simulate"]
