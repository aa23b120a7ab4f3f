"""Which column of a table means what, by the names traces give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_SYNONYMS: dict[str, str] = {
    "id": (
        "job_id jobid id job jobidraw job_uid uuid id_job job_hash jobhash task_id taskid pod_id "
        "pod instance_sn application_id app_id run_id workload_id"
    ),
    "name": "name job_name jobname task_name pod_name title",
    "submit": (
        "submit submitted submission submit_time submitted_time submission_time submitted_at "
        "submit_at submit_timestamp submit_ts arrival arrival_time arrive_time arrived arrived_at "
        "create created creation create_time created_time creation_time created_at "
        "creation_timestamp enqueue_time enqueued_at queued_at eligible timestamp time date"
    ),
    "start": (
        "start started start_time started_time started_at start_at start_timestamp start_ts "
        "scheduled scheduled_time schedule_time scheduled_at begin begin_time began_at launch_time "
        "launched_at dispatch_time allocated_at run_start first_start"
    ),
    "end": (
        "end ended end_time ended_time ended_at end_at end_timestamp end_ts finish finished "
        "finish_time finished_time finished_at completion completion_time complete complete_time "
        "completed_at deletion deletion_time deleted_at delete_time stop_time stopped_at "
        "terminated_at termination_time"
    ),
    "wait": (
        "wait wait_time waiting_time queue_time queueing_time queuing_time queue_delay "
        "queueing_delay queuing_delay pending_time queue"
    ),
    "duration": (
        "duration elapsedraw elapsed elapsed_time runtime run_time job_duration execution_time "
        "exec_time running_time service_time run_duration wall_time walltime job_runtime"
    ),
    "accelerators": (
        "accelerators accelerator accelerator_count accelerators_count num_accelerators "
        "accelerator_num gpus gpu num_gpu num_gpus gpu_num gpus_num n_gpu n_gpus ngpu ngpus "
        "gpu_count gpus_count number_of_gpus gpu_number alloc_gpus allocated_gpus total_gpus "
        "used_gpus gpus_used gpu_req req_gpu req_gpus requested_gpus gpus_requested gpu_request "
        "gpu_requested npus npu num_npus npu_num tpus tpu num_tpus dcus gres_used "
        "alloctres alloc_tres tres_alloc tres_allocated tres allocgres alloc_gres gres reqtres "
        "req_tres tres_req tres_requested reqgres req_gres"
    ),
    "share": "gpu_milli accelerator_milli",
    "percent": "plan_gpu gpu_percent",
    "per_node": "gpus_per_node gpu_per_node accelerators_per_node",
    "per_worker": (
        "gpus_per_worker gpu_per_worker accelerators_per_worker gpus_per_task gpus_per_instance"
    ),
    "workers": (
        "workers num_workers worker_num worker_count inst_num num_inst instances num_instances "
        "tasks"
    ),
    "state": (
        "state job_state state_current status job_status phase pod_phase final_state final_status "
        "end_state outcome result"
    ),
    "user": "user user_id userid username user_name owner submitter",
    "project": "project account project_id team group group_name",
    "pool": (
        "pool vc virtual_cluster vc_id vc_name partition queue queue_name cluster cluster_id "
        "resource_pool"
    ),
    "nodes": (
        "nodes node_num num_nodes nodes_num nnodes n_nodes node_count allocnodes num_node "
        "nodes_alloc alloc_nodes num_nodes_alloc nodes_req"
    ),
    "model": "model gpu_type gpu_model accelerator_type accelerator_model gpu_name gpu_spec",
}
_UNITS = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "ms": "ms", "msec": "ms", "millis": "ms", "milliseconds": "ms",
    "us": "us", "usec": "us", "micros": "us", "microseconds": "us",
    "ns": "ns", "nanos": "ns", "nanoseconds": "ns",
    "h": "h", "hours": "h", "hrs": "h", "min": "min", "mins": "min", "minutes": "min",
}  # fmt: skip
_TIMED = ("submit", "start", "end", "duration", "wait")
_BESIDE = frozenset(
    "time at ts timestamp date datetime utc unix epoch job task pod instance".split()
)
"""Words around the one that counts: `job_submit_timestamp` is a submission."""
_KINDS = frozenset("accelerator accelerators gpu gpus npu npus tpu tpus dcu dcus mlu mlus".split())
_QUANTITY = frozenset(
    "num n nr number count of total all sum amount quantity job alloc allocated allocation "
    "assigned used req reqd request requested require required need needed demand".split()
)
_HELD = frozenset("alloc allocated allocation assigned used".split())
_SLURM = frozenset({"id_job", "time_submit", "time_start"})
_LATER = 1000
"""Rank of a column that is told by its words only, after all known by name."""
_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|[^0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each meaning is in a row, and in which unit times are said."""

    header: tuple[str, ...]
    place: dict[str, int]
    unit: dict[str, str] = field(default_factory=dict)
    """Of the columns of times whose name says it."""

    from_slurm: bool = False
    """Named as in Slurm's own database, where states are numbers."""

    def title(self, role: str) -> str:
        """The column's own name."""
        return self.header[self.place[role]]


def read_columns(header: Sequence[str]) -> Columns:
    """Recognise the columns of a table by its header; others are left alone."""
    names = [_plain(title) for title in header]
    place: dict[str, int] = {}
    unit: dict[str, str] = {}
    for role, words in _SYNONYMS.items():
        wanted = {word: rank for rank, word in enumerate(words.split())}
        best: tuple[int, int] | None = None
        for at, name in enumerate(names):
            rank, named = _rank(name, wanted, role)
            if rank is not None and (best is None or rank < best[0]):
                best = rank, at
                if named:
                    unit[role] = named
        if best is not None:
            place[role] = best[1]
    if "id" not in place and "name" in place:
        place["id"] = place["name"]
    return Columns(tuple(header), place, unit, _SLURM <= set(names))


def _plain(title: str) -> str:
    """`jobId`, `Job ID` and `JOB_ID` are one name."""
    return "_".join(part for part in _BREAK.split(title.strip()) if part).lower()


def _rank(name: str, wanted: dict[str, int], role: str) -> tuple[int | None, str]:
    for word in (name, name.replace("_", "")):
        if word in wanted:
            return wanted[word], ""
    if role == "accelerators":
        return _counts(name), ""
    if role not in _TIMED:
        return None, ""
    head, _, tail = name.rpartition("_")
    unit = _UNITS.get(tail, "") if head else ""
    core = head if unit else name
    if core in wanted:
        return wanted[core], unit
    word = "_".join(part for part in core.split("_") if part not in _BESIDE)
    return (_LATER + wanted[word], unit) if word in wanted else (None, "")


def _counts(name: str) -> int | None:
    """`num_gpus_alloc`, `total_requested_gpus`: what was held before what was asked for."""
    words = frozenset(name.split("_"))
    if not words & _KINDS or not words <= _KINDS | _QUANTITY:
        return None
    return _LATER + (not words & _HELD)
