"""Series of measurements under one catalogue of metric names."""

from __future__ import annotations

from api_client.models.base import UtcDatetime
from api_client.models.slim import Slim


class Metric:
    """Names of the catalogue, each with the unit `UNITS` gives."""

    UTILISATION = "accelerator.utilisation"
    MEMORY_USED = "accelerator.memory_used"
    POWER = "accelerator.power"
    TEMPERATURE = "accelerator.temperature"
    CPU_PERCENT = "node.cpu"


UNITS = {
    Metric.UTILISATION: "ratio",
    Metric.MEMORY_USED: "bytes",
    Metric.POWER: "watts",
    Metric.TEMPERATURE: "celsius",
    Metric.CPU_PERCENT: "ratio",
}


class Window(Slim):
    """A half-open stretch of time and the wanted distance between points."""

    start: UtcDatetime
    end: UtcDatetime
    step_seconds: float = 5.0


class Point(Slim):
    """One point; `None` is a gap, never zero."""

    time: UtcDatetime
    value: float | None


class Series(Slim):
    """Points of one metric for one set of labels, in time order."""

    metric: str
    unit: str
    labels: dict[str, str] = {}
    points: tuple[Point, ...] = ()
