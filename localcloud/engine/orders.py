"""What a node agent is told to start: command, environment, folders."""

from __future__ import annotations

from pathlib import Path

from localcloud.engine.core import Core
from localcloud.engine.job_views import log_path
from localcloud.engine.protocol import RunOrder
from localcloud.store.rows import JobRow, RunRow

RESERVED_VARIABLES = frozenset(
    {
        "RANK",
        "LOCAL_RANK",
        "WORLD_SIZE",
        "MASTER_ADDR",
        "MASTER_PORT",
        "CHECKPOINT_DIR",
    }
)
"""Set by the cloud for each worker; a job cannot set them itself."""
RESERVED_PREFIX = "QUARTERDECK_"


def order_for(core: Core, job: JobRow, run: RunRow) -> RunOrder:
    """The order that starts one run."""
    return RunOrder(
        id=run.id,
        job=job.name,
        rank=run.rank,
        attempt=run.attempt,
        command=job.spec.command,
        working_dir=job.spec.working_dir or str(job_folder(core, job)),
        env=_environment(core, job, run),
        log_path=str(log_path(job, run.rank, run.attempt)),
        checkpoint_dir=job.checkpoint_dir,
    )


def job_folder(core: Core, job: JobRow) -> Path:
    """The folder of a job in the cloud's home."""
    return core.home / "jobs" / job.uid


def _environment(core: Core, job: JobRow, run: RunRow) -> dict[str, str]:
    return {
        "PYTHONUNBUFFERED": "1",
        **_devices(core, run),
        **job.spec.env,
        "RANK": str(run.rank),
        "LOCAL_RANK": str(run.local_rank),
        "WORLD_SIZE": str(job.spec.workers),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(run.port),
        "CHECKPOINT_DIR": job.checkpoint_dir,
        "QUARTERDECK_JOB_ID": job.uid,
        "QUARTERDECK_JOB_NAME": job.name,
        "QUARTERDECK_ATTEMPT": str(run.attempt),
        "QUARTERDECK_NODE": run.node,
        "QUARTERDECK_ACCELERATORS": ",".join(str(slot) for slot in run.slots),
    }


def _devices(core: Core, run: RunRow) -> dict[str, str]:
    real = {device.index for device in core.live.devices.get(run.node, [])}
    if not real:
        return {}
    return {"CUDA_VISIBLE_DEVICES": ",".join(str(slot) for slot in run.slots if slot in real)}
