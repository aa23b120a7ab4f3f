"""The words of public traces and schedulers for the state of a job, as our states."""

from __future__ import annotations

from api_client.models.job import JobState

_WORDS: dict[JobState, str] = {
    JobState.SUCCEEDED: (
        "succeeded success successful succeed completed complete cd done finished finish pass "
        "passed ok terminated normal"
    ),
    JobState.FAILED: (
        "failed fail f failure error errored timeout timed_out time_out to node_fail nf nodefail "
        "out_of_memory oom boot_fail bf deadline dl evicted lost crashed aborted abort "
        "launch_failed system_fail"
    ),
    JobState.STOPPED: (
        "cancelled canceled cancel ca stopped stop killed kill preempted pr revoked rv deleted "
        "interrupted suspended s special_exit"
    ),
    JobState.STOPPING: "completing cg stopping stage_out",
    JobState.STARTING: "configuring cf starting preparing initializing launching",
    JobState.RUNNING: "running run r active resizing rs signaling",
    JobState.QUEUED: (
        "pending pd queued queue waiting wait submitted created unscheduled requeued rq "
        "requeue_hold requeue_fed resv_del_hold"
    ),
}
_STATES = {word: state for state, words in _WORDS.items() for word in words.split()}
_SLURM = (
    "PENDING RUNNING SUSPENDED COMPLETED CANCELLED FAILED TIMEOUT NODE_FAIL PREEMPTED BOOT_FAIL "
    "DEADLINE OUT_OF_MEMORY"
).split()
"""By the numbers its database has for them."""
_NOTHING = frozenset({"", "none", "null", "nan", "nat", "n/a", "na", "unknown", "-", "--", "\\n"})


def is_nothing(text: str) -> bool:
    """Whether a cell holds no value, in any of the usual ways to say so."""
    return not text or text.strip().lower() in _NOTHING


def native_word(text: str) -> str:
    """The state's word alone: `CANCELLED by 1000` and `CANCELLED+` are `CANCELLED`."""
    return text.strip().split(" by ")[0].rstrip("+").strip()


def job_state(word: str) -> JobState | None:
    """Our state for a trace's word; `None` where it says nothing, UNKNOWN where it is not known."""
    if is_nothing(word) and word.strip().lower() != "unknown":
        return None
    known = word.strip().lower().replace(" ", "_").replace("-", "_")
    return _STATES.get(known.removeprefix("jobstatus.").removeprefix("job_"), JobState.UNKNOWN)


def slurm_word(text: str) -> str:
    """Slurm's word for a state that may be a number of its database."""
    known = text.isascii() and text.isdecimal() and len(text) < 3 and int(text) < len(_SLURM)
    return _SLURM[int(text)] if known else text
