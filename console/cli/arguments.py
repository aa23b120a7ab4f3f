"""Kinds of arguments of commands that refuse what only looks like one."""

from __future__ import annotations

import math
from typing import Any

import click


class Number(click.FloatRange):
    """A finite number; `nan` is inside any range."""

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        found: float = super().convert(value, param, ctx)
        if not math.isfinite(found):
            self.fail(f"{value!r} is not a valid number.", param, ctx)
        return found


class Name(click.types.StringParamType):
    """A name; an empty one is that of a variable never set, not a wish for any."""

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        found = str(super().convert(value, param, ctx))
        if not found.strip():
            self.fail("The name is empty.", param, ctx)
        return found
