"""A TOML file: read with the place of every key, edited without losing its comments."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from console.problems import ConfigError, Problem

KeyPath = tuple[str, ...]

_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_.\-\s]|"[^"]*"|'[^']*')+?)\s*=""")
_INLINE_KEY = r"""(?:^|[{{,]\s*|\.)(["']?{key}["']?)\s*="""


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The content of `path` and its text; both empty when there is no such file.

    Raises:
        ConfigError: it cannot be read, is not UTF-8, or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}, ""
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(path, 0, 0, "", f"is not UTF-8 text: {error.reason}")]) from None
    except OSError as error:
        raise ConfigError([Problem(path, 0, 0, "", f"cannot be read: {error.strerror}")]) from None
    # Imported late, here and below: most people have no such file.
    import tomllib

    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_problem(path, text, str(error))]) from None
    except (RecursionError, ValueError) as error:
        raise _too_much(path, error) from None


def _too_much(path: Path, error: Exception) -> ConfigError:
    """TOML by its grammar, beyond what anybody can read."""
    what = "nested too deeply" if isinstance(error, RecursionError) else str(error).split(";")[0]
    return ConfigError([Problem(path, 0, 0, "", f"is not valid TOML: {what}")])


def _syntax_problem(path: Path, text: str, message: str) -> Problem:
    match = _AT.search(message)
    lines = text.splitlines() or [""]
    line, column = len(lines), len(lines[-1]) + 1
    if match and match[1]:
        line, column = int(match[1]), int(match[2])
    return Problem(path, line, column, "", f"is not valid TOML: {_AT.sub('', message).strip()}")


def locate(text: str, path: KeyPath) -> tuple[int, int]:
    """Line and column, from 1, of the key at `path`, or of the nearest parent that is written."""
    places = _places(text)
    for length in range(len(path), 0, -1):
        found = places.get(path[:length])
        if found is None:
            continue
        line, column = found
        return _inside(text, line, column, path[length:])
    return (1, 1) if text else (0, 0)


def _inside(text: str, line: int, column: int, rest: KeyPath) -> tuple[int, int]:
    """Look for the rest of a path inside an inline table that starts on `line`."""
    content = text.splitlines()[line - 1]
    at = column - 1
    for key in rest:
        match = re.compile(_INLINE_KEY.format(key=re.escape(key))).search(content, at)
        if match is None:
            break
        at = match.start(1)
    return line, at + 1


def _places(text: str) -> dict[KeyPath, tuple[int, int]]:
    places: dict[KeyPath, tuple[int, int]] = {}
    table: KeyPath = ()
    closing = ""
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        stripped = line.strip()
        if depth == 0 and stripped.startswith("["):
            table = _header(stripped)
            places.setdefault(table, (number, line.index("[") + 1))
            continue
        match = _KEY.match(line) if depth == 0 else None
        if match is not None:
            path = table + _dotted(match[1] + " = 0")
            places.setdefault(path, (number, match.start(1) + 1))
        closing = _opens_string(line)
        depth = max(0, depth + _bracket_balance(line))
    return places


def _header(line: str) -> KeyPath:
    line = line.split("]")[0].lstrip("[")
    return _dotted(f"[{line}]\n")


def _dotted(source: str) -> KeyPath:
    import tomllib

    try:
        node: Any = tomllib.loads(source)
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while isinstance(node, dict) and node:
        key = next(iter(node))
        path.append(key)
        node = node[key]
    return tuple(path)


def _opens_string(line: str) -> str:
    for quotes in ('"""', "'''"):
        if line.count(quotes) % 2:
            return quotes
    return ""


def _bracket_balance(line: str) -> int:
    bare = re.sub(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*', "", line)
    return bare.count("[") - bare.count("]")


def edit_toml(path: Path, change: Callable[[Any], None]) -> None:
    """Apply `change` to the tomlkit document of `path` and replace the file atomically.

    Comments and order stay. The file is made when it is missing, readable by the user alone.

    Raises:
        ConfigError: the file is not TOML, or cannot be written.
    """
    import tomlkit

    _, text = read_toml(path)
    try:
        document = tomlkit.parse(text)
    except (RecursionError, ValueError) as error:
        raise _too_much(path, error) from None
    change(document)
    try:
        write_atomic(path, tomlkit.dumps(document).encode())
    except OSError as error:
        detail = f"cannot be written: {error.strerror}; nothing was changed"
        raise ConfigError([Problem(path, 0, 0, "", detail)]) from error


def write_atomic(path: Path, content: bytes) -> None:
    """Replace `path` in one step, mode 0600, so that a reader sees the old or the new, never half.

    Raises:
        OSError: the folder cannot be made or the disk is full; the old file is untouched.
    """
    import tempfile

    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
