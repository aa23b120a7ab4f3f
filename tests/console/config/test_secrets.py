from __future__ import annotations

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from api_client.errors import Authentication
from console.profiles import ProviderChoice
from console.secrets import forget_secret, read_secret, store_secret, token_source


class Memory(KeyringBackend):
    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def memory() -> object:
    before = keyring.get_keyring()
    keyring.set_keyring(Memory())
    yield
    keyring.set_keyring(before)


def choice(**source: str) -> ProviderChoice:
    return ProviderChoice(provider="tenant", **source)


async def test_the_keyring_keeps_reads_and_forgets() -> None:
    await store_secret("lab", "hunter2")
    source = token_source(choice(token_keyring="lab"))
    assert await source.token() == "hunter2"
    assert "hunter2" not in repr(source)
    await forget_secret("lab")
    with pytest.raises(Authentication, match="no entry 'lab'"):
        await read_secret("lab")


async def test_without_a_keyring_the_alternatives_are_named() -> None:
    keyring.set_keyring(NoKeyring())
    with pytest.raises(Authentication) as caught:
        await read_secret("lab")
    assert "this machine has no keyring" in str(caught.value)
    assert "token_env" in caught.value.hint and "token_command" in caught.value.hint


async def test_environment_and_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_TOKEN", "abc")
    assert await token_source(choice(token_env="LAB_TOKEN")).token() == "abc"
    assert await token_source(choice(token_command="printf xyz")).token() == "xyz"
    assert await token_source(choice()).token() is None
    with pytest.raises(Authentication, match="cannot be read as a command"):
        token_source(choice(token_command="printf 'x"))
