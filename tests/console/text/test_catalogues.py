"""Both languages say the same things, with the same values put in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import pytest

from api_client import errors
from console.message import say
from console.text import LANGUAGES, Catalogue, Translator, language_of

AREAS = Catalogue("en").areas()


def _placeholders(entry: str | Mapping[str, str]) -> set[str]:
    templates = [entry] if isinstance(entry, str) else list(entry.values())
    return {name for text in templates for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_areas(language: str) -> None:
    assert Catalogue(language).areas() == AREAS


@pytest.mark.parametrize("area", AREAS)
def test_keys_and_placeholders_agree(area: str) -> None:
    english = Catalogue("en").area(area)
    chinese = Catalogue("zh_CN").area(area)
    assert set(english) == set(chinese)
    for key, entry in english.items():
        assert _placeholders(entry) == _placeholders(chinese[key]), key


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_its_general_form(language: str, area: str) -> None:
    for key, entry in Catalogue(language).area(area).items():
        assert isinstance(entry, str) or "other" in entry, key


def test_every_class_of_error_has_its_sentence_and_hint() -> None:
    translator = Translator()
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    names = [cls.__name__ for cls in classes if issubclass(cls, errors.CloudError)]
    assert "OutcomeUnknown" in names
    for name in names:
        assert translator.has(f"errors.call.{name}")
        assert translator.has(f"errors.hint.{name}")


def test_language_switches_at_once_and_says_so() -> None:
    translator = Translator()
    told: list[str] = []
    stop = translator.on_change(lambda: told.append(translator.language))
    assert translator.t("states.job.RUNNING") == "running"
    translator.language = "zh_CN"
    translator.language = "zh_CN"
    assert translator.t("states.job.RUNNING") == "运行中"
    stop()
    translator.language = "en"
    assert told == ["zh_CN"]


def test_plural_follows_n() -> None:
    translator = Translator()
    assert translator.t("common.count.jobs", n=1) == "1 job"
    assert translator.t("common.count.jobs", n=0) == "0 jobs"
    translator.language = "zh_CN"
    assert translator.t("common.count.jobs", n=1) == "1 个作业"


def test_missing_word_falls_back_to_english_then_to_the_key(tmp_path: Path) -> None:
    for language, text in (("en", 'here = "here"\n'), ("zh_CN", 'other_key = "x"\n')):
        folder = tmp_path / language
        folder.mkdir()
        (folder / "area.toml").write_text(text, "utf-8")
    translator = Translator("zh_CN", tmp_path)
    assert translator.t("area.here") == "here"
    assert translator.t("area.nowhere") == "area.nowhere"
    assert translator.t("../../etc/passwd.x") == "../../etc/passwd.x"
    assert not translator.has("area.nowhere")


def test_a_value_not_given_stays_visible_and_values_are_never_templates() -> None:
    translator = Translator()
    assert translator.t("common.age.ago") == "{duration} ago"
    assert translator.t("common.age.ago", duration="{x.__class__}") == "{x.__class__} ago"


def test_message_values_are_untrusted_and_may_be_messages() -> None:
    translator = Translator()
    hostile = say("common.empty.filtered", filter="\x1b[31mred")
    assert translator.say(hostile) == "Nothing matches ␛[31mred."
    nested = say("common.age.ago", duration=say("states.job.RUNNING"))
    assert translator.say(nested) == "running ago"


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="zh_CN"):
        Translator("fr")


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh_CN.UTF-8", "zh_CN"), ("zh-Hans", "zh_CN"), ("C", "en"), ("", "en"), ("de_DE", "en")],
)
def test_locale_tags(tag: str, language: str) -> None:
    assert language_of(tag) == language
