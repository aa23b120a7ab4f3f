"""Jobs and their workers over the Tenant API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api_client.address import path_part
from api_client.models.job import Job, JobSummary, Worker
from api_client.paging import Pages
from api_client.providers.tenant.calls import TenantCalls
from api_client.providers.tenant.wire import Reason, Restart, WorkerItems
from api_client.services import JobQuery

if TYPE_CHECKING:
    from api_client.models.job_spec import JobSpec


class TenantJobs:
    """Lists, reads and controls training jobs."""

    _calls: TenantCalls

    def jobs(self, query: JobQuery = JobQuery()) -> Pages[JobSummary]:
        """Jobs, newest first."""
        params = {
            "state": [state.value for state in query.states],
            "owner": list(query.owners),
            "name": query.name_contains or None,
            "limit": query.limit,
        }
        return self._calls.pages(JobSummary, "/v1/jobs", params, action="list jobs")

    async def job(self, name: str) -> Job:
        """Everything about one job."""
        return await self._calls.read(Job, _path(name), action=f"read job {name}")

    async def workers(self, name: str, *, all_attempts: bool = False) -> Sequence[Worker]:
        """Workers of the latest attempt, or of every attempt."""
        found = await self._calls.read(
            WorkerItems,
            f"{_path(name)}/workers",
            action=f"list the workers of job {name}",
            params={"all_attempts": all_attempts},
        )
        return found.items

    async def create_job(self, spec: JobSpec) -> Job:
        """Submit a job under the name its spec gives."""
        return await self._calls.write(
            Job, "POST", "/v1/jobs", spec, action=f"create job {spec.name}"
        )

    async def stop_job(self, name: str, *, reason: str = "") -> Job:
        """Stop every worker; the job keeps its log and its checkpoints."""
        return await self._calls.write(
            Job, "POST", f"{_path(name)}/stop", Reason(reason=reason), action=f"stop job {name}"
        )

    async def restart_job(self, name: str, *, from_checkpoint: bool = True) -> Job:
        """Start another attempt."""
        body = Restart(from_checkpoint=from_checkpoint)
        return await self._calls.write(
            Job, "POST", f"{_path(name)}/restart", body, action=f"restart job {name}"
        )

    async def delete_job(self, name: str) -> None:
        """Remove a job that has ended."""
        await self._calls.transport.send("DELETE", _path(name), action=f"delete job {name}")


def _path(name: str) -> str:
    return f"/v1/jobs/{path_part(name, 'job name')}"
