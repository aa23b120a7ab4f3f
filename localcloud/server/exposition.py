"""Accelerator readings as Prometheus text under the names NVIDIA's DCGM exporter uses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from api_client.models.compute import Accelerator, AcceleratorSample

_MIB = 1024 * 1024


@dataclass(frozen=True)
class _Gauge:
    name: str
    help: str  # noqa: A003
    read: Callable[[Accelerator, AcceleratorSample], float | None]


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _memory_free(device: Accelerator, sample: AcceleratorSample) -> float | None:
    if device.memory_bytes is None or sample.memory_used_bytes is None:
        return None
    return (device.memory_bytes - sample.memory_used_bytes) / _MIB


def _xid(device: Accelerator, sample: AcceleratorSample) -> float | None:
    codes = [fault.code for fault in device.faults if fault.code.upper().startswith("XID ")]
    number = codes[-1][4:].strip() if codes else ""
    return float(number) if number.isascii() and number.isdigit() else None


_GAUGES = (
    _Gauge(
        "DCGM_FI_DEV_GPU_UTIL",
        "Busy share in percent; on a virtual slot, of the CPU its worker may use.",
        lambda device, sample: _scaled(sample.utilisation, 100),
    ),
    _Gauge(
        "DCGM_FI_DEV_FB_USED",
        "Memory in use in MiB.",
        lambda device, sample: _scaled(sample.memory_used_bytes, 1 / _MIB),
    ),
    _Gauge("DCGM_FI_DEV_FB_FREE", "Memory free in MiB.", _memory_free),
    _Gauge(
        "DCGM_FI_DEV_POWER_USAGE", "Power draw in W.", lambda device, sample: sample.power_watts
    ),
    _Gauge(
        "DCGM_FI_DEV_GPU_TEMP",
        "Temperature in C.",
        lambda device, sample: sample.temperature_celsius,
    ),
    _Gauge(
        "DCGM_FI_PROF_SM_ACTIVE",
        "Share of time in which a multiprocessor was busy.",
        lambda device, sample: sample.sm_activity,
    ),
    _Gauge(
        "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
        "Share of time in which the tensor pipe was busy.",
        lambda device, sample: sample.tensor_activity,
    ),
    _Gauge(
        "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL",
        "Double-bit memory errors.",
        lambda device, sample: sample.ecc_errors,
    ),
    _Gauge("DCGM_FI_DEV_XID_ERRORS", "Code of the last XID error.", _xid),
)


def exposition(devices: Iterable[Accelerator]) -> str:
    """Prometheus text format 0.0.4; a figure nobody measured has no line."""
    measured = [(device, device.sample) for device in devices if device.sample is not None]
    lines: list[str] = []
    for gauge in _GAUGES:
        found = [
            f"{gauge.name}{{{_labels(device)}}} {value:.10g}"
            for device, sample in measured
            if (value := gauge.read(device, sample)) is not None and math.isfinite(value)
        ]
        if found:
            lines += [f"# HELP {gauge.name} {gauge.help}", f"# TYPE {gauge.name} gauge", *found]
    return "\n".join(lines) + "\n" if lines else ""


def _labels(device: Accelerator) -> str:
    labels: Mapping[str, str] = {
        "gpu": str(device.index),
        "UUID": device.id,
        "device": f"{device.vendor or 'slot'}{device.index}",
        "modelName": device.model,
        "Hostname": device.node,
        "job": device.job or "",
        "rank": "" if device.rank is None else str(device.rank),
    }
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items() if value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
