"""The collector works while nobody would feel it."""

from __future__ import annotations

import gc
import weakref

from screens.collector import (
    AWAY_SECONDS,
    PAUSE_SECONDS,
    REST_SECONDS,
    SOON_SECONDS,
    WHOLE_SECONDS,
    Collector,
    collect,
)


def test_garbage_is_looked_for_while_no_key_is_pressed_and_everywhere_while_nobody_is_there() -> (
    None
):
    now, looks = [0.0], list[tuple[float, bool]]()
    collector = Collector(
        lambda: now[0], lambda whole: looks.append((now[0], whole)), lambda: False
    )
    typing, pausing = REST_SECONDS + 100, WHOLE_SECONDS + 1000
    for second in range(2 * int(WHOLE_SECONDS)):
        now[0] = float(second)
        if second <= typing or (second <= pausing and second % 30 == 0):
            collector.heard()
        collector.look()
    light = [moment for moment, whole in looks if not whole]
    whole = [moment for moment, whole in looks if whole]
    last_key = pausing - pausing % 30
    assert light[0] == typing + PAUSE_SECONDS
    assert all(later - one >= REST_SECONDS for one, later in zip(light, light[1:], strict=False))
    assert whole == [last_key + AWAY_SECONDS]


def test_after_much_is_new_garbage_is_looked_for_sooner_but_never_while_keys_are_pressed() -> None:
    now, looks = [0.0], list[float]()
    collector = Collector(lambda: now[0], lambda whole: looks.append(now[0]), lambda: True)
    for second in range(int(REST_SECONDS)):
        now[0] = float(second)
        if second < 100:
            collector.heard()
        collector.look()
    assert looks[0] == 99 + PAUSE_SECONDS
    assert looks[1] == looks[0] + SOON_SECONDS


def test_what_only_the_collector_can_free_is_freed_and_the_rest_is_old() -> None:
    class Circle:
        def __init__(self) -> None:
            self.me = self

    try:
        gone = weakref.ref(Circle())
        collect(False)
        assert gone() is None and gc.get_freeze_count() > 0
        kept = Circle()
        collect(False)
        old = weakref.ref(kept)
        del kept
        collect(False)
        assert old() is not None, "what is old is not looked at"
        collect(True)
        assert old() is None
    finally:
        gc.unfreeze()


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
