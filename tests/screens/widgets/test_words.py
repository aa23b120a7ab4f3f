"""Words that change are laid out anew only where they take other lines."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from console.present.facts import Fact
from screens.widgets.facts import Facts
from screens.widgets.whole_layout import WholeScreen
from screens.widgets.words import Words


class Page(WholeScreen[None]):
    DEFAULT_CSS = "Words { height: auto; max-height: 3; }"

    layouts = 0

    def compose(self) -> ComposeResult:
        yield Words("", markup=False)
        yield Facts()

    def _refresh_layout(self, *arguments: object, **named: object) -> None:
        self.layouts += 1
        super()._refresh_layout(*arguments, **named)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "height", "laid_out"),
    [("other", 1, False), ("long " * 12, 2, True), ("a\nb", 2, True)],
)
async def test_words_of_one_line_change_in_their_place(
    said: str, height: int, laid_out: bool
) -> None:
    app: App[None] = App()
    async with app.run_test(size=(40, 12)) as pilot:
        page = Page()
        await app.push_screen(page)
        words = page.query_one(Words)
        words.say("one line")
        await pilot.pause()
        before = page.layouts
        words.say(said)
        await pilot.pause()
        assert (words.size.height, page.layouts > before) == (height, laid_out)
        assert str(words.render()) == said


async def test_a_fact_that_takes_more_lines_gets_them() -> None:
    app: App[None] = App()
    async with app.run_test(size=(40, 12)) as pilot:
        page = Page()
        await app.push_screen(page)
        facts = page.query_one(Facts)
        facts.set_facts([Fact("why", "Why", "short"), Fact("who", "Who", "li")])
        await pilot.pause()
        before = page.layouts
        facts.set_facts([Fact("why", "Why", "other"), Fact("who", "Who", "li")])
        await pilot.pause()
        assert (facts.size.height, page.layouts) == (2, before)
        facts.set_facts([Fact("why", "Why", "long " * 10), Fact("who", "Who", "li")])
        await pilot.pause()
        assert facts.size.height == 3
        await pilot.resize_terminal(80, 12)
        await pilot.pause()
        assert facts.size.height == 2
