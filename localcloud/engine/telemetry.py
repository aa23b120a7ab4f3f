"""Stores readings of the accelerators and answers with series of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

from api_client.models.telemetry import UNITS, Metric, Point, Series, Window
from localcloud.engine.core import Core
from localcloud.engine.errors import InvalidFault
from localcloud.store.telemetry import Reading

_MOST_POINTS = 11_000
_SLOT_FIELDS = {
    Metric.UTILISATION: "utilisation",
    Metric.MEMORY_USED: "memory",
    Metric.POWER: "power",
    Metric.TEMPERATURE: "temperature",
}
_REPUBLISH_SECONDS = 30.0
_NOTICEABLE = 0.01

Labels = tuple[tuple[str, str], ...]
Readings = dict[Labels, dict[int, list[float]]]


class Telemetry:
    """One stored reading per healthy node and interval."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._published: dict[str, tuple[float, float | None]] = {}

    def sample(self) -> None:
        """Store what every node measures now and drop what is too old."""
        core, now = self._core, self._core.now()
        devices: dict[str, list[dict[str, object]]] = {}
        for device in core.node_views.devices():
            sample = device.sample
            if sample is not None:
                devices.setdefault(device.node, []).append(
                    {
                        "index": device.index,
                        "job": device.job,
                        "rank": device.rank,
                        "utilisation": sample.utilisation,
                        "memory": sample.memory_used_bytes,
                        "power": sample.power_watts,
                        "temperature": sample.temperature_celsius,
                    }
                )
        with core.journal.transaction():
            for name, slots in devices.items():
                body = {"cpu": core.live.machine_cpu.get(name), "slots": slots}
                core.store.telemetry.append(Reading(name, now, json.dumps(body)))
                self._publish(name, slots, now)
            core.store.telemetry.prune(now - core.settings.telemetry_kept_seconds)

    def series(self, metric: str, window: Window, node: str, job: str) -> list[Series]:
        """Series of one metric; gaps are `None`. Raises `InvalidFault`."""
        if metric not in UNITS:
            raise InvalidFault({"metric": f"is none of {', '.join(sorted(UNITS))}"})
        step = max(window.step_seconds, self._core.settings.telemetry_seconds)
        length = (window.end - window.start).total_seconds()
        if length < 0:
            raise InvalidFault({"end": "lies before start"})
        if length / step > _MOST_POINTS:
            raise InvalidFault({"step": f"would give more than {_MOST_POINTS} points"})
        found = self._read(metric, window, node, job, step)
        return [
            Series(
                metric=metric,
                unit=UNITS[metric],
                labels=dict(labels),
                points=self._points(buckets, window, step),
            )
            for labels, buckets in sorted(found.items())
        ]

    def _read(self, metric: str, window: Window, node: str, job: str, step: float) -> Readings:
        start = window.start.timestamp()
        found: Readings = {}
        stored = self._core.store.telemetry.between(start, window.end.timestamp(), node)
        for reading in stored:
            bucket = int((reading.time - start) // step)
            for labels, value in _values(metric, reading, job):
                if value is not None:
                    found.setdefault(labels, {}).setdefault(bucket, []).append(value)
        return found

    def _points(
        self, buckets: dict[int, list[float]], window: Window, step: float
    ) -> tuple[Point, ...]:
        """From the first to the last reading; one late sample does not tear a hole."""
        late = 1 if step < 2 * self._core.settings.telemetry_seconds else 0
        points = []
        for number in range(min(buckets), max(buckets) + 1):
            values = buckets.get(number) or (buckets.get(number - 1) if late else None)
            moment = window.start + timedelta(seconds=number * step)
            points.append(Point(time=moment, value=_mean(values)))
        return tuple(points)

    def _publish(self, name: str, slots: list[dict[str, object]], now: float) -> None:
        """Tell watchers of a node whose use changed noticeably, and now and then anyway."""
        used = [slot["utilisation"] for slot in slots]
        mean = _mean([value for value in used if isinstance(value, float)])
        before = self._published.get(name)
        moved = before is None or (mean is None) != (before[1] is None)
        if before is not None and mean is not None and before[1] is not None:
            moved = moved or abs(mean - before[1]) >= _NOTICEABLE
        if moved or (before is not None and now - before[0] >= _REPUBLISH_SECONDS):
            self._published[name] = (now, mean)
            self._core.journal.touch_node(name)


def _values(metric: str, reading: Reading, job: str) -> Iterable[tuple[Labels, float | None]]:
    body = json.loads(reading.body)
    if metric == Metric.CPU_PERCENT:
        if not job or any(slot["job"] == job for slot in body["slots"]):
            yield (("node", reading.node),), body["cpu"]
        return
    for slot in body["slots"]:
        if job and slot["job"] != job:
            continue
        index = slot["index"]
        labels = [
            ("accelerator", f"{reading.node}/{index}"),
            ("node", reading.node),
            ("index", str(index)),
        ]
        if job:
            labels += [("job", job), ("rank", str(slot["rank"]))]
        yield tuple(labels), slot[_SLOT_FIELDS[metric]]


def _mean(values: list[float] | None) -> float | None:
    return sum(values) / len(values) if values else None
