"""Why a run stopped, from real logs whose end is known and from small ones with one thing each."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from api_client.models.job import JobState
from console.analysis.diagnosis import Diagnoser
from console.analysis.diagnosis_model import Diagnosis, Outcome
from console.analysis.signatures import Restart, SignatureError, read_table, with_own
from console.analysis.verdict import RunFacts
from console.logs.stored import blocks_of

DATA = Path(__file__).parents[4] / "shared" / "data"
NAMES = {"aborted": "failed", "cut_off": "unknown", "finished": "completed"}


def diagnosed(text: str | bytes, facts: RunFacts | None = None) -> Diagnosis:
    diagnoser = Diagnoser()
    diagnoser.feed(text.encode() if isinstance(text, str) else text)
    return diagnoser.result(facts)


def steps(first: int, last: int) -> str:
    return "".join(
        f"iteration {at}/1000 | lm loss: {9 - at / 200:.4f}\n" for at in range(first, last)
    )


def real_logs() -> Iterator[Any]:
    truth = DATA / "ground_truth.json"
    if not truth.exists():
        return
    for name, entry in json.loads(truth.read_text()).items():
        if name.startswith("logs/") and "outcome" in entry:
            yield pytest.param(name, entry["outcome"], id=name.rpartition("/")[2][:40])


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
@pytest.mark.parametrize(("name", "wanted"), real_logs())
def test_real_logs_end_as_was_read_by_eye(name: str, wanted: str) -> None:
    diagnoser = Diagnoser()
    for block in blocks_of(DATA / name):
        diagnoser.feed(block)
    found = diagnoser.result()
    outcome, _, after = wanted.partition("_then_")
    assert found.outcome.value == NAMES.get(outcome, outcome)
    assert (found.after_success.value if found.after_success else "") == after
    assert (found.cause is None) is (outcome in ("completed", "unknown"))


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
def test_every_launch_of_an_evaluation_is_told_apart() -> None:
    name = "logs/glm130b_eval_launches.tar.zst"
    truth = json.loads((DATA / "ground_truth.json").read_text())[name]["per_file"]
    packed = (DATA / name).read_bytes()
    with zstandard.ZstdDecompressor(max_window_size=1 << 31).stream_reader(packed) as stream:
        archive = tarfile.open(fileobj=io.BytesIO(stream.read()))
    wrong = []
    for member in archive.getmembers():
        content = archive.extractfile(member)
        if content is None:
            continue
        entry = truth[member.name.rpartition("/")[2]]
        found = diagnosed(content.read())
        if found.outcome.value != NAMES.get(entry["outcome"], entry["outcome"]):
            wrong.append((member.name, entry["outcome"], found.outcome))
        elif found.cause is not None and entry["first_exception"] not in found.cause.text:
            # Only what two ranks wrote over each other, and a warning that names the cause itself.
            assert found.cause.signature.id in ("net.addr_in_use", "py.typeerror"), found.cause
    assert wrong == []


def test_the_rank_that_failed_first_is_named_before_the_wave_behind_it() -> None:
    found = diagnosed(
        steps(1, 40)
        + "[rank3]: Traceback (most recent call last):\n"
        + '[rank3]:   File "train.py", line 7, in <module>\n'
        + "[rank3]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB\n"
        + "".join(
            f"[rank{at}]:[E] [Rank {at}] Watchdog caught collective operation timeout\n"
            for at in (0, 1, 2)
        )
    )
    assert found.outcome is Outcome.FAILED and found.cause is not None
    assert (found.cause.signature.id, found.cause.rank, found.cause.line) == ("cuda.oom", 3, 42)
    (wave,) = found.symptoms
    assert (wave.signature.id, wave.count, wave.ranks) == ("nccl.watchdog_timeout", 3, (0, 1, 2))
    assert found.restart is Restart.NO


def test_what_was_followed_by_further_steps_was_survived() -> None:
    error = "OSError: [Errno 28] No space left on device\n"
    assert diagnosed(steps(1, 9) + error + steps(9, 30)).outcome is Outcome.UNKNOWN
    stopped = diagnosed(steps(1, 9) + error + steps(8, 9))
    assert stopped.outcome is Outcome.FAILED, "the others finish the step they are in"


def test_a_success_is_one_whatever_follows_it() -> None:
    text = steps(990, 1001) + "Training completed.\n"
    assert diagnosed(text).outcome is Outcome.COMPLETED
    found = diagnosed(text + "Segmentation fault (core dumped)\n")
    assert (found.outcome, found.after_success) == (Outcome.COMPLETED, Outcome.FAILED)
    assert found.cause is None and found.symptoms[0].signature.id == "proc.segfault"
    again = diagnosed(text + steps(1, 9) + "Segmentation fault (core dumped)\n")
    assert again.outcome is Outcome.FAILED


def test_logs_of_ranks_are_compared_by_time_not_by_who_was_read_first() -> None:
    diagnoser = Diagnoser()
    went_on = "2026-05-01 10:00:{:02} step {}/100 loss 2.0\n"
    first = "".join(went_on.format(at, at) for at in range(1, 30))
    late = "2026-05-01 10:09:00 ERROR KeyError\nKeyError: 'labels'\n"
    early = "2026-05-01 10:00:30 ERROR\nValueError: bad shard\n"
    diagnoser.feed((first + late).encode(), 0)
    diagnoser.feed((first + early).encode(), 5)
    diagnoser.feed(first.encode(), 7)
    found = diagnoser.result()
    assert found.cause is not None
    assert (found.cause.rank, found.cause.signature.id) == (5, "py.valueerror")
    assert found.cause.time is not None and found.cause.time.minute == 0


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-05-01T10:00:00 ***", "cancelled"),
        (
            "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-05-01T10:00:00"
            " DUE TO TIME LIMIT ***",
            "time_limit",
        ),
        (
            "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-05-01T10:00:00"
            " DUE TO PREEMPTION ***",
            "preempted",
        ),
        ("KeyboardInterrupt", "cancelled"),
        ("[trainer] hang detected: rank 3 made no progress", "hung"),
        ("", "unknown"),
    ],
)
def test_who_ended_it(line: str, outcome: str) -> None:
    found = diagnosed(steps(1, 20) + line + "\n")
    assert found.outcome.value == outcome


def test_the_platform_knows_better_than_the_log() -> None:
    text = steps(1, 20)
    assert diagnosed(text, RunFacts(JobState.SUCCEEDED, 0)).outcome is Outcome.COMPLETED
    assert diagnosed(text, RunFacts(JobState.FAILED, 1)).outcome is Outcome.FAILED
    assert diagnosed(text, RunFacts(JobState.STOPPED)).outcome is Outcome.CANCELLED
    assert diagnosed(text, RunFacts(JobState.RUNNING)).outcome is Outcome.RUNNING


STORY = (
    steps(1, 5).encode()
    + b"\x1b[31mValueError: no\x1b[0m\r\n"
    + b"10%|#  | 1/10 [00:01<00:09]\r20%|## | 2/10 [00:02<00:08]\rCUDA out of memory\n"
    + b"\xff\xfe\x00 broken \xe4\xb8\n"
    + b"x" * 30_000
    + b" No space left on device\n"
    + b"the end"
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, len(STORY) - 1), max_size=12))
def test_how_the_bytes_arrive_changes_nothing(cuts: list[int]) -> None:
    diagnoser = Diagnoser()
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(STORY)], strict=True):
        diagnoser.feed(STORY[start:end])
    assert diagnoser.result() == diagnosed(STORY)


def test_a_line_nobody_can_hold_is_read_at_both_ends() -> None:
    diagnoser = Diagnoser()
    diagnoser.feed(b"CUDA out of memory ")
    for _ in range(64):
        diagnoser.feed(b"y" * (1 << 20))
    held = sum(len(stream.rest) for stream in diagnoser._streams.values())
    assert held < 3 << 20
    diagnoser.feed(b"\n")
    assert diagnoser.result().cause is not None


def test_ones_own_signatures(tmp_path: Path) -> None:
    own = tmp_path / "signatures.toml"
    own.write_text(
        '[[signature]]\nid = "ours.flux"\npattern = "flux capacitor \\\\d+ gone"\n'
        'category = "Infrastructure"\nrole = "root"\nrestart = "elsewhere"\npriority = 99\n'
        'advice = "Call Doc."\n'
    )
    diagnoser = Diagnoser(with_own(read_table(own)))
    diagnoser.feed(b"flux capacitor 7 gone\n")
    found = diagnoser.result()
    assert found.cause is not None and found.cause.signature.advice == "Call Doc."
    for broken in (
        "signature = 3",
        '[[signature]]\nid = "x"',
        '[[signature]]\nid="x"\npattern="("',
    ):
        own.write_text(broken)
        with pytest.raises(SignatureError, match="signature"):
            read_table(own)
