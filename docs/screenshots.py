"""Makes the pictures of the README: the real console over a real job whose node is lost.

`make screenshots` runs it. The application exports the pictures itself; web fonts are taken out
of them, so that looking at one asks nobody for anything.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from api_client.models.job import Job, JobSpec, JobState
from console.profiles import local_profile
from console.session import Session
from console.settings import Settings
from screens.app import QuarterdeckApp
from screens.navigation import Location
from tests.cloud import EmbeddedCloud
from tests.e2e.story import client_of, kill_agent_of_rank, until

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
JOB = "charlm"
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")


async def main() -> None:
    """Run the story once and take every picture."""
    cloud = EmbeddedCloud()
    try:
        cloud.up(nodes=4, accelerators=8)
        os.environ["QUARTERDECK_LOCAL_HOME"] = str(cloud.home)
        await _run_and_lose_a_node(cloud)
        for language, suffix in (("en", ""), ("zh_CN", ".zh-CN")):
            await _take(language, suffix)
    finally:
        cloud.close()


async def _run_and_lose_a_node(cloud: EmbeddedCloud) -> None:
    command = f"exec {sys.executable} -m examples.train_charlm --steps 4000"
    spec = JobSpec(
        name=JOB,
        command=command,
        working_dir=str(ROOT),
        workers=2,
        accelerators_per_worker=1,
        project="examples",
    )
    async with client_of(cloud) as client:
        await client.create_job(spec)
        await until(lambda: client.job(JOB), _has_checkpoints, "checkpoints", 120)
        await kill_agent_of_rank(client, JOB, 1)
        await until(lambda: client.job(JOB), _trains_again, "training to go on", 120)
    # The curve after the failure is what the picture is about; it grows with time alone.
    await asyncio.sleep(15)


def _has_checkpoints(job: Job) -> bool:
    return (job.progress.checkpoint_step or 0) >= 200


def _trains_again(job: Job) -> bool:
    return job.state is JobState.RUNNING and job.restarts == 1 and job.utilisation is not None


async def _take(language: str, suffix: str) -> None:
    settings = Settings(language=language)  # type: ignore[arg-type]
    session = Session(local_profile(), settings, keep_history=False)
    app = QuarterdeckApp(session, settings)
    async with app.run_test(size=(110, 34)) as pilot:
        await pilot.pause(4)
        _write(f"overview{suffix}.svg", app.export_screenshot(title="Quarterdeck"))
        app.workspace.go(Location("job", JOB, detail="life"))
        await pilot.pause(4)
        _write(f"job{suffix}.svg", app.export_screenshot(title="Quarterdeck"))


def _write(name: str, svg: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / name).write_text(_FONT_FACE.sub("", svg), encoding="utf-8")
    print(f"docs/images/{name}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
