from __future__ import annotations

import subprocess
import sys

import pytest

from api_client import registry
from api_client.capabilities import CAPABILITIES, capabilities_of
from api_client.options import OptionError


def test_the_names_are_known_without_importing_a_provider() -> None:
    code = (
        "import sys; from api_client import registry; registry.provider_names();"
        "print([m for m in sys.modules if 'providers.' in m or m == 'httpx'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(OptionError, match="'tenent', did you mean 'tenant'.*allowed: tenant"):
        registry.open_provider("tenent", {})


@pytest.mark.parametrize("name", registry.provider_names())
def test_each_provider_declares_its_options(name: str) -> None:
    for option in registry.options_of(name):
        assert option.help.endswith(".")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "url: is missing; allowed: unix:///path/to/api.sock"),
        ({"url": "http://h", "colour": "red"}, "colour: no such setting; allowed: url, timeout"),
        ({"url": "h:80"}, "url: 'h:80' is not an address"),
        ({"url": "http://h", "timeout": "soon"}, "timeout: 'soon' is not a number of seconds"),
        ({"url": "http://h", "timeout": "-1"}, "timeout: '-1' is not a number of seconds"),
        ({"url": "http://h", "timeout": "nan"}, "timeout: 'nan' is not a number of seconds"),
    ],
)
def test_a_wrong_setting_is_named(options: dict[str, str], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        registry.open_provider("tenant", options)
    assert str(caught.value).startswith(said)


async def test_the_tenant_says_what_it_can_and_why_it_cannot() -> None:
    async with registry.open_provider("tenant", {"url": "http://127.0.0.1:1"}) as provider:
        found = capabilities_of(provider)
    assert set(found) == set(CAPABILITIES)
    lacking = {name for name, what in found.items() if not what.available}
    assert lacking == {"alerts.read", "finetuning", "models.read"}
    assert all(found[name].reason and found[name].remedy for name in lacking)
