"""A crash of the console tells where it happened and nothing that a variable held."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from api_client.errors import Unavailable
from console.profiles import Profile, ProviderChoice
from console.session import Session
from console.settings import Settings
from screens.app import QuarterdeckApp
from textual import work

class Crashing(QuarterdeckApp):
    def on_mount(self) -> None:
        self.call_after_refresh(self.fail)

    def fail(self) -> None:
        token = "-".join(["s3cret", "token"])
        if sys.argv[1] == "worker":
            self.fail_in_worker(token)
        else:
            raise RuntimeError("the \\x1b[31mreactor melted")

    @work
    async def fail_in_worker(self, token: str) -> None:
        raise RuntimeError("the \\x1b[31mreactor melted")

def refuse(choice):
    raise Unavailable("open the provider", "there is none")

profile = Profile(name="none", services={"training": ProviderChoice(provider="tenant")})
app = Crashing(Session(profile, Settings(), opener=refuse, keep_history=False), Settings())
app.run(headless=True)
sys.exit(app.return_code)
"""
ROOT = Path(__file__).resolve().parents[2]


def crash(home: Path, how: str = "handler") -> subprocess.CompletedProcess[str]:
    script = home / "crashing.py"
    script.write_text(SCRIPT)
    env = {"PATH": "/usr/bin:/bin", "HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, str(script), how],
        cwd=home,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_traceback_has_no_values_and_says_where_it_is_kept(tmp_path: Path) -> None:
    done = crash(tmp_path)
    printed = done.stdout + done.stderr
    kept = tmp_path / ".local" / "state" / "quarterdeck" / "crash.log"
    assert done.returncode == 1
    assert "RuntimeError: the ␛[31mreactor melted" in printed
    assert "in fail" in printed
    assert "s3cret-token" not in printed
    assert str(kept) in "".join(printed.split("\n"))
    assert kept.stat().st_mode & 0o777 == 0o600
    text = kept.read_text()
    assert "reactor melted" in text
    assert "s3cret-token" not in text
    assert not (tmp_path / ".local" / "share").exists(), "a cloud was started"


def test_the_same_holds_in_a_worker(tmp_path: Path) -> None:
    done = crash(tmp_path, "worker")
    printed = done.stdout + done.stderr
    assert done.returncode == 1
    assert "reactor melted" in printed
    assert "s3cret-token" not in printed


def test_where_no_file_can_be_written_the_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way")
    done = crash(tmp_path)
    assert done.returncode == 1
    assert "could not be written" in (done.stdout + done.stderr)
