"""Credentials: from the keyring, the environment or a command. Never printed, never in a file."""

from __future__ import annotations

import asyncio

from api_client.auth import (
    CommandToken,
    EnvironmentToken,
    NoToken,
    TokenSource,
    checked_token,
)
from api_client.errors import Authentication
from console.profiles import ProviderChoice

SERVICE = "quarterdeck"
"""The keyring service all entries are under."""

ALTERNATIVES = (
    "set token_env to the name of an environment variable, or token_command to a command that "
    "prints the credential"
)


def token_source(choice: ProviderChoice) -> TokenSource:
    """Where the credential of a provider comes from; nothing is read before it is needed.

    Raises:
        Authentication: the command cannot be read as one.
    """
    if choice.token_env:
        return EnvironmentToken(choice.token_env)
    if choice.token_command:
        try:
            return CommandToken(choice.token_command)
        except ValueError as error:
            raise Authentication(
                "read the credential", f"token_command cannot be read as a command: {error}"
            ) from None
    if choice.token_keyring:
        return KeyringToken(choice.token_keyring)
    return NoToken()


class KeyringToken:
    """A token in the keyring of this machine, kept until the service refuses it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._cached: str | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str | None:
        async with self._lock:
            if self._cached is None:
                self._cached = await read_secret(self._name)
            return self._cached

    def forget(self) -> None:
        self._cached = None

    def __repr__(self) -> str:
        return f"KeyringToken({self._name!r})"


async def read_secret(name: str) -> str:
    """Read an entry of the keyring, in a thread because the keyring may wait for a person.

    Raises:
        Authentication: there is no keyring, it is locked, or it has no such entry.
    """
    value = await asyncio.to_thread(_keyring_call, "get_password", name)
    if value is None:
        raise Authentication(
            "read the credential",
            f"the keyring has no entry {name!r}",
            hint=f"store it with `qd profiles token {name}`, or {ALTERNATIVES}",
        )
    return checked_token(value, f"the keyring entry {name!r}")


async def store_secret(name: str, value: str) -> None:
    """Keep a credential in the keyring.

    Raises:
        Authentication: there is no keyring, it refuses, or the value cannot be a token.
    """
    await asyncio.to_thread(_keyring_call, "set_password", name, checked_token(value, "the token"))


async def forget_secret(name: str) -> None:
    """Take a credential out of the keyring; one that is not there is no error.

    Raises:
        Authentication: there is no keyring, or it refuses.
    """
    if await asyncio.to_thread(_keyring_call, "get_password", name) is not None:
        await asyncio.to_thread(_keyring_call, "delete_password", name)


def keyring_backend() -> str:
    """What keeps credentials on this machine, for people to read; empty where nothing does."""
    import keyring
    from keyring.backends.fail import Keyring

    backend = keyring.get_keyring()
    return "" if isinstance(backend, Keyring) else str(backend.name)


def _keyring_call(method: str, *arguments: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        answer: str | None = getattr(keyring, method)(SERVICE, *arguments)
    except NoKeyringError:
        raise Authentication(
            "use the keyring", "this machine has no keyring", hint=ALTERNATIVES
        ) from None
    except KeyringError as error:
        # The exception's text comes from the backend and may quote what it was given.
        raise Authentication(
            "use the keyring",
            f"the keyring refused ({type(error).__name__})",
            hint=f"unlock it, or {ALTERNATIVES}",
        ) from None
    return answer
