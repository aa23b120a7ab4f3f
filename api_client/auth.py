"""Where a bearer token comes from. No source ever shows it."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Sequence
from typing import Protocol

from api_client.errors import Authentication

_LONGEST_TOKEN = 65_536


class TokenSource(Protocol):
    """Gives the bearer token for a call; `None` sends no credential."""

    async def token(self) -> str | None:
        """The token now.

        Raises:
            Authentication: the token cannot be had; the sentence says why, never what.
        """
        ...

    def forget(self) -> None:
        """Drop what is cached: the service refused it."""
        ...


class NoToken:
    """No credential: for a socket that only its owner can open."""

    async def token(self) -> str | None:
        return None

    def forget(self) -> None:
        """Nothing is kept."""

    def __repr__(self) -> str:
        return "NoToken()"


class StaticToken:
    """A token handed over by whoever keeps the secrets."""

    def __init__(self, token: str) -> None:
        self._token = checked_token(token, "the given token")

    async def token(self) -> str | None:
        return self._token

    def forget(self) -> None:
        """There is no other to ask for."""

    def __repr__(self) -> str:
        return "StaticToken(hidden)"


class EnvironmentToken:
    """A token in an environment variable, read at each call."""

    def __init__(self, variable: str) -> None:
        if not variable:
            raise ValueError("the name of the environment variable is empty")
        self.variable = variable

    async def token(self) -> str | None:
        value = os.environ.get(self.variable, "")
        if not value.strip():
            raise Authentication(
                "read the credential",
                f"the environment variable {self.variable} is not set",
                hint=f"set {self.variable}, or choose another credential source in the profile",
            )
        return checked_token(value, f"the environment variable {self.variable}")

    def forget(self) -> None:
        """The variable is read again anyway."""

    def __repr__(self) -> str:
        return f"EnvironmentToken({self.variable!r})"


class CommandToken:
    """A token printed by a command, kept until the service refuses it.

    Args:
        command: the program and its arguments; a string is split as a shell would, no shell runs.
        timeout_seconds: after so long the command is killed.
    """

    def __init__(self, command: str | Sequence[str], *, timeout_seconds: float = 10.0) -> None:
        self._arguments = shlex.split(command) if isinstance(command, str) else list(command)
        if not self._arguments:
            raise ValueError("the credential command is empty")
        self._timeout = timeout_seconds
        self._cached: str | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> str | None:
        async with self._lock:
            if self._cached is None:
                self._cached = await self._run()
            return self._cached

    def forget(self) -> None:
        self._cached = None

    def __repr__(self) -> str:
        return f"CommandToken({self._arguments[0]!r})"

    async def _run(self) -> str:
        program = self._arguments[0]
        try:
            process = await asyncio.create_subprocess_exec(
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise _command_failed(program, f"cannot be run: {error.strerror}") from error
        try:
            async with asyncio.timeout(self._timeout):
                output, _ = await process.communicate()
        except TimeoutError as error:
            raise _command_failed(program, f"gave no answer in {self._timeout:g} s") from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise _command_failed(program, f"ended with exit code {process.returncode}")
        return checked_token(
            output[: _LONGEST_TOKEN + 1].decode("utf-8", "replace"), f"the command {program}"
        )


def checked_token(text: str, origin: str) -> str:
    """Strip a token and make sure that a header can carry it.

    Raises:
        Authentication: it is empty, too long, or holds blanks or characters outside ASCII.
    """
    token = text.strip()
    if not token:
        raise Authentication("read the credential", f"{origin} is empty")
    if len(token) > _LONGEST_TOKEN:
        raise Authentication("read the credential", f"{origin} is too long to be a token")
    if not all(33 <= ord(character) <= 126 for character in token):
        raise Authentication(
            "read the credential",
            f"{origin} holds blanks, line breaks or characters that a token cannot hold",
        )
    return token


def _command_failed(program: str, why: str) -> Authentication:
    return Authentication(
        "read the credential",
        f"the command {program} {why}",
        hint="run the command in a shell to see what it says",
    )
