from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from api_client.models.job import JobSpec
from localcloud.engine.errors import NotFoundFault
from tests.localcloud.simulator.small import pass_time, quiet, tenant

CLOUD = tenant(3, nodes=64, jobs=800)
JOBS = [job for job in CLOUD.jobs(limit=800).items if job.attempt or job.started]


@settings(max_examples=60, deadline=None)
@for_all(data=st.data())
def test_any_range_is_a_piece_of_the_whole(data: st.DataObject) -> None:
    job = data.draw(st.sampled_from(JOBS))
    rank = data.draw(st.integers(0, job.workers - 1))
    log = CLOUD.log_file(job.name, rank)
    size = log.size()
    start = data.draw(st.integers(max(0, size - 5000), size))
    end = data.draw(st.integers(start, start + 6000))
    base = max(0, size - 5000) // 128 * 128
    whole = log.read(base, size)
    assert log.read(start, end) == whole[start - base : end - base]
    assert whole.endswith(b"\n") and all(len(line) == 127 for line in whole.splitlines())


def test_a_log_only_grows_while_time_passes() -> None:
    cloud = quiet()
    cloud.create_job(JobSpec(name="mine", command="true"), "me")
    before = b""
    for _ in range(40):
        pass_time(cloud, 61)
        log = cloud.log_file("mine", 0)
        text = log.read(0, log.size())
        assert text.startswith(before)
        before = text
    assert log.ended and b"training finished" in before
    assert b"step 1200/1200 loss" in before


def test_a_failed_attempt_ends_with_the_words_of_its_fault() -> None:
    cloud = quiet()
    cloud.create_job(JobSpec(name="mine", command="true", workers=2), "me")
    pass_time(cloud, 600)
    cloud.inject("ecc", job="mine")
    pass_time(cloud, 600)
    broken = [w for w in cloud.workers("mine", all_attempts=True) if w.state == "FAILED"]
    assert [w.attempt for w in broken] == [0]
    log = cloud.log_file("mine", broken[0].rank, 0)
    tail = log.read(log.size() - 128 * 5, log.size()).decode()
    assert "Xid" in tail and ": 48," in tail and broken[0].node in tail
    other = cloud.log_file("mine", 1 - broken[0].rank, 0)
    assert b"NCCL error" in other.read(other.size() - 128, other.size())
    again = cloud.log_file("mine", 0)
    assert again.attempt == 1 and b"resumed from step" in again.read(0, 2000)


def test_every_rank_of_a_gang_of_4096_has_a_log() -> None:
    cloud = tenant(1, nodes=1, jobs=1, accelerators=4)
    spec = JobSpec(name="wide", command="true", workers=4096, accelerators_per_worker=0)
    cloud.create_job(spec, "me")
    pass_time(cloud, 1200)
    log = cloud.log_file("wide", 4095)
    assert log.size() > 50_000 and b"[rank 4095]" in log.read(log.size() - 128, log.size())
    assert len(cloud.workers("wide")) == 4096
    with pytest.raises(NotFoundFault):
        cloud.log_file("wide", 4096)
    with pytest.raises(NotFoundFault):
        cloud.log_file("wide", 0, 7)
