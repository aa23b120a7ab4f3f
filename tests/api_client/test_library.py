"""The program in docs/client.md runs as it stands."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from localcloud.server.local_call import call
from tests.cloud import EmbeddedCloud

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "client.md"


def test_the_ten_lines_list_jobs_and_follow_a_log(
    start_cloud: Callable[..., EmbeddedCloud], tmp_path: Path
) -> None:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    lines = [line for line in found[1].splitlines() if line and "import" not in line]
    assert len(lines) <= 10
    program = tmp_path / "program.py"
    program.write_text(found[1], encoding="utf-8")
    cloud = start_cloud(nodes=1, accelerators=1)
    spec = {"name": "demo", "command": "for n in 1 2 3; do echo line $n; sleep 0.1; done"}
    call(cloud.socket, "POST", "/v1/jobs", spec)
    url = cloud.status()["url"]
    done = subprocess.run(
        [sys.executable, str(program), url, "demo"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    first, *log = done.stdout.splitlines()
    assert first.split()[0] == "demo"
    assert log == ["line 1", "line 2", "line 3"]
