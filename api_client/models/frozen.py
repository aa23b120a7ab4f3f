"""The base of what a person writes or configures: every value is checked when it is made."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A model that never changes; fields a newer server adds are ignored."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        # Docstrings as descriptions and schemas cost a console more than half of its start: the
        # schema of a model is built when the first object of it is read.
        defer_build=True,
    )
