"""Themes from the user's files: good ones load, mistakes are named with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.problems import ConfigError
from themes.library import DARK, DEFAULT_THEME
from themes.user import load_theme, load_themes


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_theme_changes_only_what_it_names(tmp_path: Path) -> None:
    path = write(tmp_path / "sea.toml", '[colors]\nok = "rgb(0,255,0)"\nselection_text="#fff"\n')
    theme = load_theme(path)
    assert theme.name == "sea" and theme.dark
    assert theme.variables["qd-ok"] == "#00FF00"
    assert theme.variables["qd-failed"] == DARK.failed


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ('[colors]\nok = "#zz"\n', 2, "colors.ok", "not an opaque colour"),
        ("[colors]\n\nok = 3\n", 3, "colors.ok", "not an opaque colour"),
        ('[colors]\nok = "#11223344"\n', 2, "colors.ok", "opaque"),
        ('[colors]\nok = "ansi_red"\n', 2, "colors.ok", "opaque"),
        ('[colors]\nfaild = "#fff"\n', 2, "colors.faild", "did you mean 'failed'"),
        ('base = "solarized"\n', 1, "base", "quarterdeck-dark"),
        (f'name = "{DEFAULT_THEME}"\n', 1, "name", "built-in"),
        ('colors = "red"\n', 1, "colors", "table"),
        ('dark = "yes"\n', 1, "dark", "true or false"),
        ('[colors]\nheat = ["#fff"]\n', 2, "colors.heat", "5 colours"),
        ("[colors\n", 1, "", "TOML"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, text: str, line: int, key: str, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_theme(write(tmp_path / "bad.toml", text))
    problem = caught.value.problems[0]
    assert (problem.line, problem.key) == (line, key)
    assert words in str(problem)


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write(tmp_path / "bad.toml", '[colors]\nok = "nope"\n')
    write(tmp_path / "good.toml", 'base = "quarterdeck-light"\n')
    found, problems = load_themes(tmp_path)
    assert [theme.name for theme in found] == ["good"] and not found[0].dark
    assert len(problems) == 1
    assert load_themes(tmp_path / "none") == ([], [])
