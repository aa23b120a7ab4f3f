"""Errors of calls in the person's language: what failed, why, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from api_client.errors import CloudError, InvalidRequest, RateLimited
from console.present.context import PresentContext
from console.present.units import duration_text
from console.text import visible


@dataclass(frozen=True, slots=True)
class ErrorText:
    """One error, worded; every part safe to show."""

    sentence: str
    hint: str
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(filter(None, (self.sentence, self.hint)))


def error_text(error: CloudError, ctx: PresentContext) -> ErrorText:
    """The error in words. A hint of the error's own wins over the one of its class."""
    name = _known_class(type(error), ctx)
    detail = visible(error.detail)
    sentence = ctx.t(f"errors.call.{name}", action=visible(error.action), detail=detail).strip()
    own = error.hint if error.hint != type(error).hint_default else ""
    hint = visible(own) if own else ctx.t(f"errors.hint.{name}")
    return ErrorText(sentence, hint, tuple(_details(error, ctx)))


def _known_class(kind: type[CloudError], ctx: PresentContext) -> str:
    """The nearest class the catalogue has words for."""
    for each in kind.__mro__:
        if ctx.translator.has(f"errors.call.{each.__name__}"):
            return each.__name__
    return CloudError.__name__


def _details(error: CloudError, ctx: PresentContext) -> list[str]:
    found: list[str] = []
    if isinstance(error, InvalidRequest):
        found += [
            ctx.t("errors.detail.fields", field=visible(field), problem=visible(problem))
            for field, problem in error.fields.items()
        ]
    if isinstance(error, RateLimited) and error.retry_after is not None:
        found.append(ctx.t("errors.detail.retry", duration=duration_text(error.retry_after)))
    if error.provider:
        found.append(ctx.t("errors.detail.provider", provider=visible(error.provider)))
    if error.request_id:
        found.append(ctx.t("errors.detail.request", request_id=visible(error.request_id)))
    return found
