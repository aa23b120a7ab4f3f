"""Errors as sentences: what was tried, what came back, what to do."""

from __future__ import annotations

from api_client.errors import CloudError
from console.present.context import PresentContext
from console.text import visible


def error_sentence(error: CloudError, ctx: PresentContext) -> str:
    """One sentence in the current language; the server's own words are made visible, not run."""
    name = next(
        kind.__name__ for kind in type(error).__mro__ if ctx.translator.has(_key("call", kind))
    )
    said = ctx.t(f"errors.call.{name}", action=visible(error.action), detail=visible(error.detail))
    return said.strip()


def error_hint(error: CloudError, ctx: PresentContext) -> str:
    """What to do about it: the hint the error carries, else its kind's in the current language."""
    default = type(error).hint_default
    if error.hint and error.hint != default:
        return visible(error.hint)
    kinds = (kind for kind in type(error).__mro__ if ctx.translator.has(_key("hint", kind)))
    return ctx.t(_key("hint", next(kinds)))


def _key(section: str, kind: type) -> str:
    return f"errors.{section}.{kind.__name__}"
