from __future__ import annotations

from pathlib import Path

import pytest

from console.problems import ConfigError
from console.profile_edits import add_profile, remove_profile, set_default_profile
from console.profiles import load_profiles


def said(config: Path, text: str) -> str:
    config.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_profiles()
    return str(caught.value)


def test_local_needs_no_configuration(config: Path) -> None:
    profile = load_profiles().get()
    assert (profile.name, profile.is_embedded) == ("local", True)
    assert profile.choice_for("billing.read").provider == "tenant"


def test_one_provider_for_everything_or_one_per_service(config: Path) -> None:
    config.write_text(
        'default_profile = "lab"\n[profiles.lab]\nprovider = "tenant"\nurl = "http://h"\n'
        'token_env = "LAB"\nread_only = true\n[profiles.two]\n'
        'training = { provider = "tenant", url = "http://a" }\n'
        'billing = { provider = "tenant", url = "http://b" }\nprotected = true\ncolour = "red"\n'
    )
    profiles = load_profiles()
    lab, two = profiles.get(), profiles.get("two")
    assert lab.read_only and not lab.is_embedded
    assert lab.choice("logs").options == {"url": "http://h"}
    assert lab.choice("logs").token_env == "LAB"
    assert two.choice_for("billing.read").options["url"] == "http://b"
    assert two.choice_for("nodes.read").options["url"] == "http://a"


def test_every_mistake_is_told_at_once_with_its_place(config: Path) -> None:
    text = said(
        config,
        'default_profile = "lba"\n[profiles.lab]\ntraning = { provider = "tenant" }\n'
        'billing = { provider = "tennant" }\nread_only = "perhaps"\n[profiles.none]\n',
    )
    assert ":1:1: default_profile: there is no profile 'lba'" in text
    assert ":3:1: profiles.lab.traning: is not a known key; did you mean 'training'?" in text
    assert ":4:13: profiles.lab.billing.provider: no provider of that name" in text
    assert "did you mean 'tenant'?" in text
    assert ":5:1: profiles.lab.read_only:" in text
    assert ":6:1: profiles.none: names no provider" in text


def test_a_secret_in_the_file_is_refused_and_not_repeated(config: Path) -> None:
    text = said(config, '[profiles.lab]\nprovider = "tenant"\ntoken = "hunter2"\n')
    assert "never kept in this file" in text and "token_env" in text
    assert "hunter2" not in text


def test_two_credential_sources_are_refused(config: Path) -> None:
    text = said(config, 'profiles.l = {provider="tenant", token_env="A", token_command="b"}\n')
    assert "give one of token_env and token_command" in text


def test_add_default_remove_keep_comments(config: Path) -> None:
    config.write_text("# first\nhints = false # quiet\n")
    add_profile("lab", {"provider": "tenant", "url": "http://h"})
    set_default_profile("lab")
    assert load_profiles().get().name == "lab"
    with pytest.raises(ConfigError, match="exists already"):
        add_profile("lab", {"provider": "tenant"})
    with pytest.raises(ConfigError, match="did you mean 'lab'"):
        set_default_profile("lob")
    remove_profile("lab")
    assert load_profiles().get().name == "local"
    assert "# first" in config.read_text() and "# quiet" in config.read_text()
    with pytest.raises(ConfigError, match="cannot be removed"):
        remove_profile("local")


def test_an_unknown_profile_names_the_closest(config: Path) -> None:
    with pytest.raises(KeyError, match="did you mean 'local'"):
        load_profiles().get("locla")


def test_the_simulation_is_a_profile_without_configuration_and_listed_while_it_runs(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "simulation"
    monkeypatch.setenv("QUARTERDECK_DEMO_HOME", str(home))
    demo = load_profiles().get("demo")
    assert demo.simulated and not demo.is_embedded
    assert "demo" not in load_profiles().items
    (home / "run").mkdir(parents=True)
    (home / "run" / "endpoint").write_text(f"{home}/run/api.sock\n")
    assert "demo" not in load_profiles().items
    (home / "run" / "api.sock").touch()
    assert load_profiles().items["demo"] == demo


def test_a_profile_of_that_name_in_the_file_wins(config: Path) -> None:
    config.write_text('[profiles.demo]\nprovider = "tenant"\nurl = "http://h"\n')
    assert not load_profiles().get("demo").simulated
