"""A full disk and a bad job: said, survived, and over when the cause is."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from api_client.models.compute import NodeHealth
from api_client.models.job import JobState
from localcloud.engine.errors import StoreError
from localcloud.store.rows import JobRow
from tests.localcloud.engine.bench import Bench


def test_a_full_disk_is_survived(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(tmp_path)
    bench.submit("before")
    bench.settle()
    database = bench.cloud._store.database
    database.run("PRAGMA max_page_count=1")
    with pytest.raises(StoreError, match="full"):
        for number in range(200):
            bench.submit(f"job-{number}", tags={"x": "y" * 2_000})
    acknowledged = bench.cloud.jobs(limit=1).total
    with caplog.at_level(logging.CRITICAL):
        for _ in range(24):
            bench.clock.seconds += 0.25
            bench.cloud.tick()
            with pytest.raises(StoreError):
                for _ in range(50):
                    bench.beat()
                    bench.submit("pad", tags={"x": "y" * 2_000})
                    bench.cloud.stop_job("pad", "", "ana")
                    bench.cloud.delete_job("pad", "ana")
    database.run("PRAGMA max_page_count=1000000")
    bench.settle()
    assert bench.cloud.jobs(limit=1).total == acknowledged
    assert bench.cloud.job("before").state is JobState.RUNNING
    assert bench.cloud.node("node-1").health is NodeHealth.HEALTHY


def test_one_bad_job_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(tmp_path)
    lifecycle = bench.cloud._supervisor._lifecycle
    real = lifecycle.advance

    def advance(job: JobRow) -> None:
        if job.name == "bad":
            raise RuntimeError("surprise")
        real(job)

    monkeypatch.setattr(lifecycle, "advance", advance)
    bench.submit("bad")
    bench.submit("good")
    bench.settle()
    assert bench.cloud.job("good").state is JobState.RUNNING
    assert caplog.text.count("looking after bad failed") == 1
    assert any("looking after bad" in notice for notice in bench.cloud.tenant().notices)
    monkeypatch.undo()
    bench.settle()
    assert bench.cloud.job("bad").state is JobState.RUNNING
    assert not any("bad" in notice for notice in bench.cloud.tenant().notices)
