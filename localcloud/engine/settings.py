"""How the embedded cloud behaves; every number has a unit in its name."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class CloudSettings(BaseModel):
    """Settings of one embedded cloud."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    socket_path: Path | None = None
    """Where the daemon listens; `None` is `run/api.sock` in the home folder."""
    tenant_name: str = "local"
    region: str = "local"
    pool: str = "default"
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    accelerator_model: str = "virtual-slot"
    """Model name of a slot that stands for a share of the CPU."""
    heartbeat_seconds: float = Field(default=1.0, gt=0)
    busy_heartbeat_seconds: float = Field(default=0.2, gt=0)
    """Distance of heartbeats while something starts or stops."""
    node_timeout_seconds: float = Field(default=5.0, gt=0)
    """A node silent for so long has failed."""
    start_timeout_seconds: float = Field(default=30.0, gt=0)
    """A node whose agent was started and never answered has failed after so long."""
    grace_seconds: float = Field(default=10.0, ge=0)
    """From SIGTERM to SIGKILL when a worker is stopped."""
    backoff_first_seconds: float = Field(default=1.0, ge=0)
    """Pause before the first restart after a failure of the job; doubles each time."""
    backoff_longest_seconds: float = Field(default=60.0, ge=0)
    backfill_seconds: float = Field(default=600.0, ge=0)
    """A waiting job lets smaller ones pass for so long, then those behind it wait too."""
    meter_seconds: float = Field(default=5.0, gt=0)
    telemetry_seconds: float = Field(default=5.0, gt=0)
    telemetry_kept_seconds: float = Field(default=86_400.0, gt=0)
    changes_kept: int = Field(default=20_000, ge=1)
    """How many changes a watch can go back."""
