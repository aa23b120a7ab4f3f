"""The mark of a simulation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api_client.models.identity import Simulation
from console.present.context import PresentContext
from console.present.simulation import simulation_text, speed_text
from console.text import Translator

NOW = datetime(2026, 1, 31, 14, 2, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "paused", "ascii_only", "text"),
    [
        ("en", False, False, "SIM ×60 14:02"),
        ("en", False, True, "SIM x60 14:02"),
        ("en", True, False, "SIM paused 14:02"),
        ("zh_CN", False, False, "模拟 ×60 14:02"),
        ("zh_CN", True, False, "模拟 暂停 14:02"),
    ],
)
def test_the_mark_says_speed_or_pause_and_the_time_there(
    language: str, paused: bool, ascii_only: bool, text: str
) -> None:
    ctx = PresentContext(now=NOW, translator=Translator(language), ascii_only=ascii_only)
    simulation = Simulation(scenario="pod", seed=1, speed=60.0, paused=paused)
    assert simulation_text(simulation, ctx) == text


@pytest.mark.parametrize(
    ("speed", "text"), [(1.0, "1"), (0.5, "0.5"), (600.0, "600"), (1e6, "1,000,000")]
)
def test_speeds_are_short(speed: float, text: str) -> None:
    assert speed_text(speed) == text
