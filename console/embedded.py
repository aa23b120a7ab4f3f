"""The embedded cloud of this machine: is it there, and starting it when it is not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from api_client.errors import Unavailable
from console import paths

Progress = Callable[[str], None]

_START_SECONDS = 90.0
_HINT = "see `qd local logs`, then try `qd local up`"


def endpoint(file: Path | None = None) -> Path | None:
    """The socket the embedded cloud says it answers on; `None` where it never ran.

    Args:
        file: where another daemon of that kind says so.
    """
    try:
        text = (file or paths.local_endpoint()).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Path(text) if text else None


async def answering(file: Path | None = None) -> Path | None:
    """The socket, if something answers there now."""
    socket = endpoint(file)
    if socket is None:
        return None
    try:
        async with asyncio.timeout(2.0):
            _, writer = await asyncio.open_unix_connection(str(socket))
    except (OSError, TimeoutError, ValueError):
        return None
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return socket


async def simulation() -> Path:
    """The socket of the simulation that runs.

    Raises:
        Unavailable: none does.
    """
    socket = await answering(paths.demo_endpoint())
    if socket is None:
        raise Unavailable(
            "open the simulation",
            "no simulation runs",
            hint="start one with `quarterdeck demo`",
            provider="tenant",
        )
    return socket


async def ensure_running(progress: Progress = lambda line: None) -> Path:
    """The socket of the running embedded cloud, started first if need be.

    Args:
        progress: told each line the start prints, untrusted plain text.

    Raises:
        Unavailable: it cannot be started; the detail holds what it said.
    """
    socket = await answering()
    if socket is not None:
        return socket
    said = await _start(progress)
    socket = await answering()
    if socket is None:
        detail = said or "it started but its socket does not answer"
        raise Unavailable("open the embedded cloud", detail, hint=_HINT, provider="tenant")
    return socket


async def _start(progress: Progress) -> str:
    """Run `up` to its end and give its last words.

    Raises:
        Unavailable: it cannot run, took too long, or failed.
    """
    action = "start the embedded cloud"
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "localcloud",
            "up",
            "--json",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise Unavailable(action, str(error.strerror), hint=_HINT, provider="tenant") from error
    try:
        async with asyncio.timeout(_START_SECONDS):
            answer, said = await asyncio.gather(
                _collect(process.stdout), _relay(process.stderr, progress)
            )
            code = await process.wait()
    except TimeoutError:
        detail = f"it was not ready within {_START_SECONDS:.0f} s"
        raise Unavailable(action, detail, hint=_HINT, provider="tenant") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    words = _error_in(answer) or " ".join(said)
    if code:
        detail = words or f"it ended with exit code {code}"
        raise Unavailable(action, detail, hint=_HINT, provider="tenant")
    return words


async def _collect(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def _relay(stream: asyncio.StreamReader | None, progress: Progress) -> list[str]:
    """Pass each line on and keep the last few."""
    last: deque[str] = deque(maxlen=3)
    while stream is not None:
        try:
            raw = await stream.readline()
        except ValueError:
            continue  # A line longer than the buffer: it was dropped, the next one follows.
        if not raw:
            break
        line = raw.decode("utf-8", "replace").rstrip()
        if line:
            last.append(line)
            progress(line)
    return list(last)


def _error_in(answer: bytes) -> str:
    """What `up --json` says went wrong, where it says so as JSON."""
    try:
        parsed = json.loads(answer)
    except ValueError:
        return ""
    error = parsed.get("error") if isinstance(parsed, dict) else None
    if isinstance(error, dict):
        error = error.get("message")
    return error if isinstance(error, str) else ""
