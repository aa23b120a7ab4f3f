"""A filter's error in the person's language."""

from __future__ import annotations

from console.present.context import PresentContext
from console.present.filters.ast import FilterError
from console.text import visible


def error_text(error: FilterError, ctx: PresentContext) -> str:
    """Where, what, and what is close; one line, safe for a terminal."""
    values = {name: visible(value) for name, value in error.values.items()}
    problem = ctx.t(f"errors.filter.{error.key}", **values) if error.key else error.message
    text = ctx.t("errors.filter.at", position=error.position + 1, problem=visible(problem))
    if not error.suggestion:
        return text
    return f"{text}; {ctx.t('errors.filter.suggest', word=visible(error.suggestion))}"
