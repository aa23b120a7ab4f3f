"""Real NVIDIA devices through NVML, where the optional `pynvml` module and a driver exist."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


class Devices:
    """The machine's NVIDIA devices; empty where there are none."""

    def __init__(self) -> None:
        self._nvml: Any = None
        self._handles: list[Any] = []
        try:
            nvml = importlib.import_module("pynvml")
        except ImportError:
            return
        try:
            nvml.nvmlInit()
            count = nvml.nvmlDeviceGetCount()
            self._handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(count)]
            self._nvml = nvml
        except nvml.NVMLError:
            # The module without a driver means the same as no device.
            self._handles = []

    def __len__(self) -> int:
        return len(self._handles)

    def read(self) -> list[dict[str, Any]]:
        """One reading per device; what a device does not measure is `None`."""
        return [self._one(index, handle) for index, handle in enumerate(self._handles)]

    def _one(self, index: int, handle: Any) -> dict[str, Any]:
        nvml = self._nvml
        memory = self._ask(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
        rates = self._ask(lambda: nvml.nvmlDeviceGetUtilizationRates(handle))
        power = self._ask(lambda: nvml.nvmlDeviceGetPowerUsage(handle))
        heat = self._ask(lambda: nvml.nvmlDeviceGetTemperature(handle, 0))
        return {
            "index": index,
            "uuid": _text(self._ask(lambda: nvml.nvmlDeviceGetUUID(handle))),
            "vendor": "NVIDIA",
            "model": _text(self._ask(lambda: nvml.nvmlDeviceGetName(handle))),
            "memory_bytes": None if memory is None else int(memory.total),
            "utilisation": None if rates is None else rates.gpu / 100.0,
            "memory_used_bytes": None if memory is None else float(memory.used),
            "power_watts": None if power is None else power / 1000.0,
            "temperature_celsius": None if heat is None else float(heat),
        }

    def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except self._nvml.NVMLError:
            # Not every device answers every question.
            return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.decode() if isinstance(value, bytes) else str(value)
