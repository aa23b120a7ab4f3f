from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from api_client.models.telemetry import Metric, Window
from localcloud.engine.errors import InvalidFault
from localcloud.engine.protocol import DeviceReport, Heartbeat
from tests.localcloud.engine.bench import START, Bench

WINDOW = Window(start=START, end=START + timedelta(seconds=120))


def test_utilisation_is_the_cpu_share_of_a_workers_slots(tmp_path: Path) -> None:
    bench = Bench(tmp_path, nodes=2, accelerators=2)
    bench.submit("j", accelerators_per_worker=2)
    bench.settle()
    bench.tell("j", 0, cpu=1.5, memory_bytes=4_000)
    for _ in range(20):
        bench.step(1.0)
    samples = {a.id: a for a in bench.cloud.samples()}
    busy, idle = samples["node-1/0"], samples["node-2/0"]
    assert busy.sample and idle.sample
    assert (busy.sample.utilisation, busy.sample.memory_used_bytes) == (0.75, 2_000)
    assert (busy.job, busy.rank, busy.virtual, busy.sample.power_watts) == ("j", 0, True, None)
    assert idle.sample.utilisation == 0.0
    assert bench.cloud.job("j").utilisation == 0.75
    found = bench.cloud.series(Metric.UTILISATION, WINDOW, job="j")
    assert [series.labels["accelerator"] for series in found] == ["node-1/0", "node-1/1"]
    assert found[0].points[-1].value == 0.75 and found[0].unit == "ratio"
    assert len(bench.cloud.series(Metric.UTILISATION, WINDOW)) == 4
    assert bench.cloud.series(Metric.POWER, WINDOW) == []


def test_use_is_never_more_than_all(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.submit("j")
    bench.settle()
    bench.tell("j", 0, cpu=7.0)
    bench.settle()
    assert bench.cloud.job("j").utilisation == 1.0


def test_a_silent_node_leaves_a_gap(tmp_path: Path) -> None:
    bench = Bench(tmp_path, nodes=1, accelerators=1)
    for _ in range(10):
        bench.step(1.0)
    bench.silent.add("node-1")
    for _ in range(30):
        bench.step(1.0)
    assert bench.cloud.samples()[0].sample is None
    assert bench.cloud.node("node-1").utilisation is None
    bench.silent.clear()
    for _ in range(10):
        bench.step(1.0)
    values = [p.value for p in bench.cloud.series(Metric.UTILISATION, WINDOW)[0].points]
    assert values[0] == 0.0 and values[-1] == 0.0 and None in values


def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(InvalidFault):
        bench.cloud.series("accelerator.taste", WINDOW)
    with pytest.raises(InvalidFault):
        bench.cloud.series(Metric.POWER, Window(start=WINDOW.end, end=WINDOW.start))
    with pytest.raises(InvalidFault):
        year = timedelta(days=365)
        bench.cloud.series(Metric.POWER, Window(start=START, end=START + year))


def test_a_real_device_speaks_for_itself(tmp_path: Path) -> None:
    bench = Bench(tmp_path, nodes=1, accelerators=2)
    device = DeviceReport(index=0, vendor="NVIDIA", model="H100", utilisation=0.4, power_watts=310)
    beat = Heartbeat(node="node-1", agent_id="agent-node-1", pid=1, devices=[device])
    bench.cloud.heartbeat(beat)
    real, virtual = bench.cloud.samples()
    assert real.sample and (real.model, real.virtual, real.sample.power_watts) == (
        "H100",
        False,
        310,
    )
    assert virtual.virtual and bench.cloud.node("node-1").accelerator_model == "H100"
    assert not any("virtual" in notice for notice in bench.cloud.tenant().notices)
    bench.submit("j", accelerators_per_worker=2)
    bench.cloud.tick()
    order = bench.cloud.heartbeat(beat).start[0]
    assert order.env["CUDA_VISIBLE_DEVICES"] == "0"
    assert order.env["QUARTERDECK_ACCELERATORS"] == "0,1"
