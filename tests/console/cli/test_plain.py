"""`qd --plain`: the tenant as text, without a terminal."""

from __future__ import annotations

import subprocess
import sys

from tests.cloud import EmbeddedCloud


def test_plain_says_every_place_in_lines_and_nothing_raw(embedded_cloud: EmbeddedCloud) -> None:
    for language, words in (
        ("en", ("Jobs", "No jobs yet.", "node-1")),
        ("zh_CN", ("作业", "node-4")),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "console", "--plain", "--lang", language],
            capture_output=True,
            text=True,
            timeout=60,
            env=embedded_cloud.env,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        for word in words:
            assert word in done.stdout
        assert "\x1b" not in done.stdout
