"""One-line strips never wrap and drop the lightest first; facts and meters align."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from console.present.facts import Fact
from console.present.table import Tone
from screens.widgets.facts import Facts
from screens.widgets.meter import Meter
from screens.widgets.status_bar import FOOTER_KEYS, Badge, FooterBar, Hint, StatusBar


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Meter("利用率")
        yield Facts()
        yield FooterBar()


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_strips_are_exactly_one_line_wide(width: int) -> None:
    async with Host().run_test(size=(width, 16)) as pilot:
        bar, footer = pilot.app.query_one(StatusBar), pilot.app.query_one(FooterBar)
        bar.show(
            [Badge("训练集群[/x]", weight=90), Badge("profile-with-a-long-name", weight=10)],
            [Badge("READ-ONLY", Tone.WARNING, weight=100, loud=True)]
            + [Badge(f"{n} jobs running", weight=n) for n in range(5)],
        )
        footer.show([Hint(f"k{n}", "动作 with words") for n in range(20)])
        await pilot.pause()
        assert (bar.size.height, footer.size.height) == (1, 1)
        top, bottom = bar.render_line(0).text, footer.render_line(0).text
        assert cell_len(top) == cell_len(bottom) == width
        assert "READ-ONLY" in top and "训练集群[/x]" in top
        assert 1 <= bottom.count("动作") <= FOOTER_KEYS


async def test_a_loud_badge_is_reversed_and_a_message_takes_the_footer() -> None:
    async with Host().run_test(size=(60, 16)) as pilot:
        bar, footer = pilot.app.query_one(StatusBar), pilot.app.query_one(FooterBar)
        bar.show([Badge("SIMULATION", loud=True)])
        loud = [s for s in bar.render_line(0) if "SIMULATION" in s.text]
        assert loud[0].style is not None and loud[0].style.reverse
        footer.show([Hint("?", "help")])
        footer.say(Badge("x" * 200, Tone.FAILED, glyph="failed"))
        assert cell_len(footer.render_line(0).text) == 60
        footer.say(None)
        assert footer.render_line(0).text.startswith(" ? help")


async def test_facts_align_wide_labels_and_show_hostile_values() -> None:
    async with Host().run_test(size=(60, 16)) as pilot:
        facts = pilot.app.query_one(Facts)
        facts.set_facts(
            [Fact("name", "名称", "[/x]\x1b[2J"), Fact("o", "Owner", "li", Tone.OK, glyph="ok")]
        )
        await pilot.pause()
        lines = facts.render().plain.split("\n")
        assert lines == ["名称   [/x]␛[2J", "Owner  ✓ li"]
        assert facts.size.height == 2


@pytest.mark.parametrize(("share", "full"), [(0.0, 0), (1.0, 40), (7.0, 40), (None, None)])
async def test_a_meter_without_a_share_has_no_bar(share: float | None, full: int | None) -> None:
    async with Host().run_test(size=(60, 16)) as pilot:
        meter = pilot.app.query_one(Meter)
        meter.show(share, "words [/x]")
        text = meter.render().plain
        assert "words [/x]" in text
        assert ("█" in text or "░" in text) == (share is not None)
        if full is not None and share is not None:
            assert (text.count("░") == 0) == (full > 0)
