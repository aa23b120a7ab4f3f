"""How far a job was when it failed."""

from __future__ import annotations

import pytest

from api_client.models.job import Progress
from localcloud.engine.recovery import reached_step


@pytest.mark.parametrize(
    ("step", "checkpoint", "reached"),
    [(50, 150, 150), (180, 150, 180), (None, 20, 20), (7, None, 7), (None, None, None)],
)
def test_a_checkpoint_proves_the_step_it_was_saved_at(
    step: int | None, checkpoint: int | None, reached: int | None
) -> None:
    assert reached_step(Progress(step=step, checkpoint_step=checkpoint)) == reached
