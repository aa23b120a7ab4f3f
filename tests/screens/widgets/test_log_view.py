"""The log view: ranges, following, searching, wrapping."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from screens.widgets.log_view import LogView

LOG = b"".join(b"line %05d of the log\n" % n for n in range(40_000))


class Host(App[None]):
    data = LOG

    def __init__(self) -> None:
        super().__init__()
        self.view = LogView()
        self.asked: list[tuple[int, int]] = []
        self.misses = 0

    def compose(self) -> ComposeResult:
        yield self.view

    def on_log_view_range_needed(self, message: LogView.RangeNeeded) -> None:
        self.asked.append((message.start, message.length))
        start, length = message.start, message.length
        self.view.put(start, self.data[start : start + length], len(self.data))

    def on_log_view_nothing_found(self) -> None:
        self.misses += 1


def shown(view: LogView) -> list[str]:
    """The text of every row, without the scroll bar."""
    rows = (view.render_line(y).text for y in range(view.size.height))
    return [re.sub("[█│●─]$", "", row).rstrip() for row in rows]


async def test_it_opens_at_the_end_and_pages_to_the_very_start() -> None:
    app = Host()
    async with app.run_test(size=(80, 10)) as pilot:
        app.view.put(len(LOG) - 1000, LOG[-1000:], len(LOG))
        app.view.action_bottom()
        await pilot.pause()
        assert shown(app.view)[-1] == "line 39999 of the log" and app.view.percent == 100
        top = app.view.top_text
        await pilot.pause()
        assert app.asked and app.view.top_text == top, "older bytes do not move the view"
        app.view.action_top()
        await pilot.pause()
        await pilot.pause()
        assert shown(app.view)[0] == "line 00000 of the log"
        app.view.action_bottom()
        await pilot.pause()
        await pilot.pause()
        assert shown(app.view)[-1] == "line 39999 of the log"
        assert max(length for _, length in app.asked) <= 256 * 1024


async def test_scrolling_down_asks_for_more_before_the_end_is_reached() -> None:
    app = Host()
    async with app.run_test(size=(80, 10)) as pilot:
        app.view.put(0, LOG[:10_000], len(LOG))
        for _ in range(60):
            app.view.action_page_down()
            await pilot.pause()
        assert app.view.top_text == "line 00600 of the log"
        assert app.view.held[0] == 0


async def test_following_keeps_the_end_and_pausing_counts_what_comes() -> None:
    app = Host()
    async with app.run_test(size=(80, 5)) as pilot:
        view = app.view
        view.action_follow()
        view.append(b"".join(b"a%d\n" % n for n in range(20)), 0)
        assert shown(view)[-1] == "a19"
        end = view.held[1]
        view.append(b"b0\n", end)
        assert shown(view)[-1] == "b0"
        view.action_up()
        assert not view.following
        view.append(b"c0\nc1\n", view.held[1])
        await pilot.pause()
        assert view.pending == 2 and shown(view)[-1] == "a19"
        view.action_follow()
        assert view.pending == 0 and shown(view)[-1] == "c1"


async def test_a_line_still_being_written_grows_in_place() -> None:
    app = Host()
    async with app.run_test(size=(80, 5)):
        app.view.append(b"step 1", 0)
        assert shown(app.view)[0] == "step 1"
        app.view.append(b"20 loss 2.3\r", 6)
        assert shown(app.view)[0] == "step 120 loss 2.3"


async def test_search_steps_through_hits_whatever_their_case() -> None:
    app = Host()
    async with app.run_test(size=(40, 5)) as pilot:
        log = b"".join(b"Loss NaN\n" if n % 10 == 7 else b"ok %d\n" % n for n in range(50))
        app.view.put(0, log, len(log))
        app.view.search("nan")
        assert len(app.view.hits) == 5 and app.view.hit == 0
        line = app.view.render_line(0)
        assert line.text.startswith("Loss NaN")
        hit = [s.text for s in line if s.style is not None and s.style.reverse]
        assert hit == ["NaN"]
        app.view.action_search_next()
        assert app.view.hit == 1
        app.view.action_search_prev()
        app.view.action_search_prev()
        assert app.view.hit == 4
        app.view.search("[/x]")
        await pilot.pause()
        assert app.misses == 1 and app.view.hits == []


async def test_errors_are_found_first_and_next() -> None:
    app = Host()
    async with app.run_test(size=(40, 3)):
        log = (
            b"fine\n" * 9
            + b"ERROR one\n"
            + b"fine\n" * 9
            + b"Traceback (most recent call last):\n"
            + b"fine\n" * 9
        )
        app.view.put(0, log, len(log))
        app.view.action_first_error()
        assert app.view.top_text == "ERROR one"
        app.view.action_next_error()
        assert app.view.top_text.startswith("Traceback")


async def test_long_lines_scroll_sideways_or_wrap_without_cutting_wide_characters() -> None:
    app = Host()
    async with app.run_test(size=(21, 10)) as pilot:
        log = ("头" * 25).encode() + b"\nend\n"
        app.view.put(0, log, len(log))
        app.view.action_wrap()
        rows = shown(app.view)
        assert rows[:4] == ["头" * 10, "头" * 10, "头" * 5, "end"]
        app.view.action_wrap()
        app.view.action_right()
        await pilot.pause()
        assert {cell_len(app.view.render_line(y).text) for y in range(10)} == {21}


async def test_a_line_without_end_and_hostile_bytes_are_only_shown() -> None:
    app = Host()
    async with app.run_test(size=(60, 6)):
        app.view.put(0, b"\x1b[2J\x1b]52;c;aGk=\x07[/x]\xff\n" + b"y" * 3_000_000, 3_000_020)
        first, second, *_ = shown(app.view)
        assert first == "␛[2J␛]52;c;aGk=␇[/x]\\xff"
        assert second.startswith("yyyy")
        app.view.action_wrap()
        app.view.action_bottom()
        assert "bytes" in "".join(shown(app.view))


async def test_merged_ranks_carry_their_number() -> None:
    app = Host()
    async with app.run_test(size=(40, 4)):
        app.view.append_rank(0, b"zero\n")
        app.view.append_rank(11, b"eleven\n")
        assert shown(app.view)[:2] == ["   0│ zero", "  11│ eleven"]


async def test_an_empty_log_says_why() -> None:
    app = Host()
    async with app.run_test(size=(40, 4)):
        app.view.clear("No output yet [/x]")
        assert shown(app.view)[0] == " No output yet [/x]"


class LongLineHost(Host):
    """A log that is one line of 20 MB and a last one."""

    data = b"first\n" + b"x" * 20_000_000 + b"\nthe end\n"


async def settle(app: Host, pilot: Pilot[None]) -> int:
    """How many ranges were asked for by now; it must come to rest by itself."""
    for _ in range(20):
        before = len(app.asked)
        await pilot.pause()
        await pilot.pause()
        if len(app.asked) == before:
            return before
    raise AssertionError(f"still asking after {len(app.asked)} ranges")


async def test_a_line_of_many_megabytes_is_not_read_to_its_end_by_itself() -> None:
    app = LongLineHost()
    async with app.run_test(size=(80, 10)) as pilot:
        size = len(app.data)
        app.view.put(size - 1000, app.data[-1000:], size)
        app.view.action_bottom()
        assert await settle(app, pilot) <= 3
        app.view.action_up()
        assert await settle(app, pilot) <= 5
        assert shown(app.view)[0].startswith("xxx"), "the end of the long line can be seen"
        assert shown(app.view)[1] == "the end"
        app.view.action_top()
        assert await settle(app, pilot) <= 8
        assert shown(app.view)[0] == "first"
        app.view.action_wrap()
        for _ in range(4):
            app.view.action_page_down()
            await pilot.pause()
        assert await settle(app, pilot) <= 12
        app.view.action_bottom()
        await settle(app, pilot)
        assert "the end" in shown(app.view)
