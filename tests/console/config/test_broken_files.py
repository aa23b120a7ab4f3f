"""Files of a person that are broken: said or passed over, left as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.lists.arrangement import Arrangement
from console.lists.kept import LeftLists, find_view, forget_view, named_views, save_view
from console.lists.query import QueryError
from console.problems import ConfigError
from console.settings import change_setting, load_settings

JOBS = Arrangement("jobs")


@pytest.mark.parametrize(
    "content",
    [
        b'[views]\na = "jobs?filter=',
        b"views = [",
        b"\xff\xfe" * 9,
        b'a = "\0"',
        b"a = " + b"[" * 100_000,
        b"a = " + b"[" * 2000 + b"]" * 2000,
        b"a = " + b"9" * 6000,
        b'[views]\na = "jobs"\na = "nodes"\n',
    ],
    ids=["cut", "open", "UTF-16", "NUL", "deep", "deep and closed", "long number", "twice"],
)
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    assert named_views(file) == {}
    assert forget_view("a", file) is False
    for change in (
        lambda: load_settings(file),
        lambda: save_view("a", JOBS, file),
        lambda: change_setting("language", "en", file),
    ):
        with pytest.raises(ConfigError, match=r"config\.toml.*: is not "):
            change()
    assert file.read_bytes() == content


@pytest.mark.parametrize("content", ["views = 5\n", 'views = ["a"]\n', '[[views]]\na = "jobs"\n'])
def test_views_that_are_none_are_left_alone(tmp_path: Path, content: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(content)
    assert named_views(file) == {}
    with pytest.raises(ConfigError, match=r"config\.toml:1:\d+: views: is not a table of views"):
        save_view("a", JOBS, file)
    assert file.read_text() == content


def test_a_view_of_what_nobody_knows_is_said_and_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[views]\ncolumns = "jobs?columns=zzz"\nsort = "jobs?sort=zzz"\nnoun = "yachts?x=1"\n'
        'width = "jobs?columns=name:-5"\nempty = ""\nnumber = 5\ntable = {a = 1}\n'
        'good = "jobs?sort=name"\n'
    )
    views = named_views(file)
    for name in ("noun", "width", "number", "table"):
        with pytest.raises(QueryError):
            find_view(name, "jobs", views)
    assert find_view("good", "jobs", views).sort.column == "name"
    save_view("new", JOBS, file)
    assert named_views(file).keys() == views.keys() | {"new"}
    assert "number = 5" in file.read_text()


def test_ten_thousand_views(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    rows = "".join(f'v{n} = "jobs?filter=name~{n}"\n' for n in range(10_000))
    file.write_text(f"[views]\n{rows}")
    views = named_views(file)
    assert len(views) == 10_000
    assert find_view("v9999", "jobs", views).filter == "name~9999"
    with pytest.raises(QueryError):
        find_view("v10000", "jobs", views)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"jobs": "jobs?sor',
        b"[" * 100_000,
        b"[]",
        b'{"jobs": 5}',
        b'{"jobs": "jobs?columns=zzz"}',
        b'{"jobs": "nodes"}',
        b"\xff",
        b'{"jobs": "' + b"x" * 2_000_000,
    ],
)
def test_how_lists_were_left_is_forgotten_where_it_cannot_be_read(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "lists.json"
    file.write_bytes(content)
    left = LeftLists(file)
    assert left.get("jobs").noun == "jobs"
    kept = find_view("jobs?sort=name", "jobs", {})
    left.keep(kept)
    assert json.loads(file.read_text())["jobs"]
    assert LeftLists(file).get("jobs").sort == kept.sort
