"""The collector looks at everything only while nobody is there."""

from __future__ import annotations

import gc

from screens.collector import AWAY_SECONDS, REST_SECONDS, Collector


def test_everything_is_looked_at_only_while_nobody_is_there_and_seldom() -> None:
    now, looks = [0.0], list[float]()
    collector = Collector(lambda: now[0], lambda: looks.append(now[0]))
    for second in range(0, 3 * int(REST_SECONDS)):
        now[0] = float(second)
        if second < REST_SECONDS + 100 and second % 50 == 0:
            collector.heard()
        collector.look()
    assert looks == [650.0 + AWAY_SECONDS, 650.0 + AWAY_SECONDS + REST_SECONDS]


def test_nobody_else_looks_at_everything() -> None:
    before, enabled = gc.get_threshold(), gc.isenabled()
    try:
        Collector().start()
        young, middle_aged, everything = gc.get_threshold()
        assert young * middle_aged <= 20_000, "more would be felt"
        assert everything > 1_000_000
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
        if not enabled:
            gc.disable()
