"""Shapes of the API that are no domain models: errors, commands, what may be asked for."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api_client.models.job_spec import FailureRule, JobSpec
from api_client.models.slim import Slim
from localcloud.server.schemas import build_all

# Subclasses below copy the described fields of the models they extend.
build_all()

T = TypeVar("T")

_NUL = "\0"


class Body(BaseModel):
    """What a caller sends; unknown fields are refused so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @model_validator(mode="after")
    def _without_nul(self) -> Self:
        _refuse_nul(self.model_dump(), "")
        return self


class ErrorDetail(BaseModel):
    """Why a request was refused."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    code: str
    """A word for programs."""
    message: str
    """A sentence for people."""
    hint: str = ""
    """What to do instead; may be empty."""
    fields: dict[str, str] = {}
    """Field -> what is wrong with it."""
    request_id: str


class ErrorBody(BaseModel):
    """Every refusal has this shape."""

    error: ErrorDetail


class Items(Slim, Generic[T]):
    """A list that comes in one piece."""

    items: list[T]


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class ReasonBody(Body):
    """A command, and why it is given."""

    reason: Annotated[str, Field(max_length=1024)] = ""


class RestartBody(Body):
    """How to restart a job."""

    from_checkpoint: bool = True
    """False clears the way for a start from nothing."""


class RuleBody(FailureRule):
    """A failure rule with an action this cloud knows."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, defer_build=False
    )

    action: Literal["RESTART_JOB", "RESTART_WORKER", "FAIL_JOB"]  # type: ignore[assignment]


class JobBody(JobSpec):
    """A job specification of which every word is known."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, defer_build=False
    )

    pool: Annotated[str, Field(max_length=253)] = "default"
    priority: Literal["NORMAL", "HIGH", "HIGHEST"] = "NORMAL"  # type: ignore[assignment]
    quota_type: Literal["RESERVED", "SPOT"] = "RESERVED"  # type: ignore[assignment]
    rules: Annotated[tuple[RuleBody, ...], Field(max_length=20)] = ()
    hang_seconds: Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)] | None = None
    max_run_seconds: Annotated[float, Field(gt=0, le=315_360_000, allow_inf_nan=False)] | None = (
        None
    )

    @model_validator(mode="after")
    def _can_be_run(self) -> Self:
        _refuse_nul(self.model_dump(), "")
        for name in self.env:
            if not name or "=" in name:
                raise ValueError(f"env: {name!r} cannot be the name of an environment variable")
        return self

    def spec(self) -> JobSpec:
        """The domain model."""
        return JobSpec.model_validate(self.model_dump())


class FleetBody(Body):
    """How large the fleet should be; `None` keeps what is, or takes the default."""

    nodes: Annotated[int, Field(ge=1, le=256)] | None = None
    accelerators: Annotated[int, Field(ge=1, le=64)] | None = None


class ShutdownBody(Body):
    """Whether node agents and what they run are to end too."""

    stop_jobs: bool


def _refuse_nul(value: object, where: str) -> None:
    if isinstance(value, str) and _NUL in value:
        raise ValueError(f"{where or 'text'}: a NUL character is not allowed")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_nul(key, where)
            _refuse_nul(item, f"{where}.{key}" if where else str(key))
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_nul(item, where)
