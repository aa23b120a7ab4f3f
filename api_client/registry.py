"""Provider name -> how to open it. A provider's module is imported when it is first needed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import Protocol, Self, cast

from api_client.auth import NoToken, TokenSource
from api_client.options import Option, OptionError

_MODULES: Mapping[str, str] = {
    "tenant": "api_client.providers.tenant",
}
"""Each module has `OPTIONS` and `open_provider(options, token)`."""


class Provider(Protocol):
    """An open provider; ask `capabilities.capabilities_of` what it can do."""

    NAME: str
    OPTIONS: Sequence[Option]

    async def aclose(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_: object) -> None: ...


class _ProviderModule(Protocol):
    OPTIONS: Sequence[Option]

    def open_provider(self, options: Mapping[str, str], token: TokenSource) -> Provider: ...


def provider_names() -> tuple[str, ...]:
    """Names of all providers, imports none."""
    return tuple(sorted(_MODULES))


def options_of(name: str) -> tuple[Option, ...]:
    """The settings a provider takes.

    Raises:
        OptionError: no provider has that name.
    """
    return tuple(_module(name).OPTIONS)


def open_provider(
    name: str, options: Mapping[str, str], token: TokenSource | None = None
) -> Provider:
    """Make a provider; nothing is connected before its first call.

    Raises:
        OptionError: no provider has that name, or a setting is unknown, missing or wrong.
    """
    return _module(name).open_provider(options, token or NoToken())


def load_providers(names: Iterable[str]) -> None:
    """Load the modules of providers ahead, perhaps in a thread; a name nobody has is left out."""
    for name in names:
        if name in _MODULES:
            _module(name)


def _module(name: str) -> _ProviderModule:
    path = _MODULES.get(name)
    if path is None:
        close = difflib.get_close_matches(name, _MODULES, n=1)
        meant = f", did you mean {close[0]!r}?" if close else ""
        raise OptionError("provider", f"no provider named {name!r}{meant}", provider_names())
    return cast(_ProviderModule, import_module(path))
