"""Fine-tuning under OpenAI's vocabulary; statuses decoded leniently.

Source: openai/openai-openapi, objects `fine_tuning.job`, `file`, `model`.
"""

from __future__ import annotations

from api_client.models.base import LenientEnum, UtcDatetime
from api_client.models.slim import Slim


class FineTuneStatus(LenientEnum):
    VALIDATING_FILES = "VALIDATING_FILES"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class FineTune(Slim):
    """A fine-tuning job."""

    id: str
    model: str
    status: FineTuneStatus
    native: str = ""
    created: UtcDatetime
    finished: UtcDatetime | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    error: str = ""


class Checkpoint(Slim):
    """A model saved on the way."""

    id: str
    step_number: int
    fine_tuned_model: str
    metrics: dict[str, float] = {}


class TrainingFile(Slim):
    """An uploaded data file."""

    id: str
    filename: str
    bytes: int
    purpose: str
    created: UtcDatetime


class Model(Slim):
    """A model the tenant may use."""

    id: str
    owned_by: str = ""


class Endpoint(Slim):
    """A model being served."""

    id: str
    model: str
    state: str
    url: str = ""
