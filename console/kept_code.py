"""What the interpreter makes anew at every start, kept: methods of dataclasses and patterns.

Half of the time our imports take goes into writing the methods of dataclasses as text and
compiling them, and the framework compiles two hundred patterns. Both depend on nothing but their
text and the interpreter. This file alone reaches under `dataclasses` and `re`; where they are not
as expected, or the file is of another interpreter, everything is made as always.

Measured on the start of the console: 60 of 250 ms of CPU.
"""

from __future__ import annotations

import builtins
import dataclasses
import logging
import marshal
import os
import re
import sys
from pathlib import Path
from types import CodeType
from typing import Any

from console import paths

_LOG = logging.getLogger(__name__)

_MAKER = f"{sys.version} {sys.implementation.cache_tag}"
"""Code and patterns are of one build of the interpreter."""

_Codes = dict[str, CodeType]
_Patterns = dict[tuple[str | bytes, int], tuple[Any, ...]]


class KeptCode:
    """Code by its source text and patterns by theirs, from an earlier start."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._before: tuple[_Codes, _Patterns] = {}, {}
        self._codes: _Codes = {}
        self._patterns: _Patterns = {}
        self.made = 0
        """How many were not there yet."""
        self._undo: list[tuple[Any, str, Any]] = []

    def _load(self) -> None:
        """Read what was kept; nothing where it is missing, damaged or not ours."""
        try:
            with self._file.open("rb") as file:
                facts = os.fstat(file.fileno())
                if facts.st_uid != os.getuid() or facts.st_mode & 0o022:
                    return
                maker, codes, patterns = marshal.loads(file.read())
        except (OSError, EOFError, ValueError, TypeError):
            return
        if maker == _MAKER:
            self._before = codes, patterns

    def begin(self) -> None:
        """Use what is kept from now on, and note what is made."""
        compiler = getattr(re, "_compiler", None)
        whole = getattr(dataclasses, "_create_fn", None), getattr(compiler, "_sre", None)
        if None in whole or self._undo:
            return
        self._load()
        self._put(dataclasses, "exec", self._exec)
        self._put(compiler, "_sre", _Engine(whole[1]))
        self._put(compiler, "compile", self._compiled(compiler))

    def end(self) -> None:
        """Leave the interpreter as it was."""
        while self._undo:
            owner, name, before = self._undo.pop()
            if before is None:
                delattr(owner, name)
            else:
                setattr(owner, name, before)

    def keep(self) -> None:
        """Write what this start used, where something of it was not there yet.

        Raises:
            OSError: it cannot be written.
        """
        from console.toml_file import write_atomic

        if self.made:
            write_atomic(self._file, marshal.dumps((_MAKER, self._codes, self._patterns)))
        self.made = 0

    def _put(self, owner: Any, name: str, value: Any) -> None:
        self._undo.append((owner, name, vars(owner).get(name)))
        setattr(owner, name, value)

    def _exec(self, text: str, scope: dict[str, Any], made: dict[str, Any]) -> None:
        code = self._before[0].get(text) or self._codes.get(text)
        if code is None:
            code = compile(text, "<string>", "exec")
            self.made += 1
        self._codes[text] = code
        builtins.exec(code, scope, made)

    def _compiled(self, compiler: Any) -> Any:
        make, engine = compiler.compile, compiler._sre

        def compiled(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
            if type(pattern) not in (str, bytes):
                return make(pattern, flags)  # type: ignore[no-any-return]
            key = (pattern, int(flags))
            kept = self._before[1].get(key) or self._patterns.get(key)
            if kept is not None:
                self._patterns[key] = kept
                return engine.compile(*kept)  # type: ignore[no-any-return]
            found = make(pattern, flags)
            self._patterns[key] = engine.given
            self.made += 1
            return found  # type: ignore[no-any-return]

        return compiled


class _Engine:
    """The engine of `re`, which remembers what it was last given."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.given: tuple[Any, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def compile(self, pattern: Any, flags: int, code: list[int], *rest: Any) -> Any:
        # The codes are named numbers; only plain ones can be written.
        self.given = (pattern, int(flags), list(map(int, code)), *rest)
        return self._engine.compile(pattern, flags, code, *rest)


KEPT_CODE = KeptCode(paths.cache_dir() / f"start-{sys.implementation.cache_tag}.bin")
"""Of the start of this process."""
