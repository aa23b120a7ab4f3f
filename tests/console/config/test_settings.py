from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from console import paths
from console.problems import ConfigError
from console.settings import Settings, change_setting, load_settings
from console.toml_file import edit_toml


def problem_of(config: Path, text: str) -> str:
    config.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings()
    return str(caught.value)


def test_without_a_file_there_are_defaults_and_nothing_is_made(config: Path) -> None:
    config.parent.rmdir()
    assert load_settings() == Settings()
    assert paths.config_file() == config
    assert not config.parent.exists()


def test_an_override_moves_the_file(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = config.parent / "other.toml"
    other.write_text('theme = "mine"\n')
    monkeypatch.setenv("QUARTERDECK_CONFIG", str(other))
    assert load_settings().theme == "mine"


def test_an_unknown_key_says_where_and_what_is_close(config: Path) -> None:
    said = problem_of(config, 'theme = "x"\n\n# a comment\nlangage = "en"\n')
    assert f"{config}:4:1: langage: is not a known key; did you mean 'language'?" in said
    assert "allowed: " in said


def test_a_wrong_choice_lists_what_is_allowed(config: Path) -> None:
    said = problem_of(config, 'glyphs = "ascci"\n')
    assert f"{config}:1:1: glyphs: 'ascci' is not allowed here; did you mean 'ascii'?" in said
    assert "(allowed: unicode, ascii)" in said


def test_a_key_inside_a_table_and_an_inline_table_is_found(config: Path) -> None:
    said = problem_of(
        config,
        'keys = { preset = "k9z" }\n[notifications]\n  toast = true\n  bel = true\n',
    )
    assert ":1:10: keys.preset: 'k9z' is not allowed here; did you mean 'k9s'?" in said
    assert ":4:3: notifications.bel: is not a known key; did you mean 'bell'?" in said


def test_a_syntax_error_has_its_line(config: Path) -> None:
    assert f"{config}:2:9: is not valid TOML" in problem_of(config, 'theme = "x"\nhints = yes\n')
    assert f"{config}:1:" in problem_of(config, 'theme = "x')


def test_bytes_that_are_no_text_are_said_so(config: Path) -> None:
    config.write_bytes(b"theme = \xff\xfe")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load_settings()


def test_a_change_keeps_comments_and_is_private(config: Path) -> None:
    config.write_text('# mine\ntheme = "a"  # nice\n[keys]\npreset = "k9s"\n')
    assert change_setting("keys.preset", "turm").keys.preset == "turm"
    assert change_setting("language", "zh_CN").language == "zh_CN"
    text = config.read_text()
    assert "# mine" in text and "# nice" in text and 'preset = "turm"' in text
    assert load_settings().language == "zh_CN"
    assert stat.S_IMODE(os.stat(config).st_mode) == 0o600
    assert os.listdir(config.parent) == ["config.toml"]


def test_a_wrong_change_leaves_the_file_alone(config: Path) -> None:
    config.write_text('theme = "a"\n')
    with pytest.raises(ConfigError):
        change_setting("language", "klingon")
    assert config.read_text() == 'theme = "a"\n'


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be"):
        edit_toml(tmp_path / "file" / "config.toml", lambda document: None)
