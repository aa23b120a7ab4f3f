"""Where the embedded cloud keeps its things, and the settings found there."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from pydantic import ValidationError

from localcloud.engine.settings import CloudSettings

_LONGEST_SOCKET_PATH = 100


class DaemonError(Exception):
    """The daemon cannot do what was asked; the text is one sentence for a person.

    Args:
        exit_code: what the command ends with.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Home:
    """Paths below one home folder."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def lock(self) -> Path:
        """Locked as long as a daemon lives."""
        return self.run / "lock"

    @property
    def pid(self) -> Path:
        return self.run / "daemon.pid"

    @property
    def endpoint(self) -> Path:
        """Holds the path of the socket."""
        return self.run / "endpoint"

    @property
    def log(self) -> Path:
        return self.root / "log" / "daemon.log"

    @property
    def settings(self) -> Path:
        return self.root / "settings.toml"

    def prepare(self) -> None:
        """Create the folders, readable by their owner alone.

        Raises:
            DaemonError: they cannot be created.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.run, self.log.parent):
                folder.mkdir(exist_ok=True, mode=0o700)
            self.run.chmod(0o700)
        except OSError as error:
            raise DaemonError(f"cannot use the folder {self.root}: {error.strerror}") from error

    def socket(self) -> Path:
        """Where to listen: in the home folder, or in a short private folder where that is too long.

        Raises:
            DaemonError: the short folder belongs to somebody else.
        """
        near = self.run / "api.sock"
        if len(os.fsencode(near)) <= _LONGEST_SOCKET_PATH:
            return near
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        parent = os.environ.get("XDG_RUNTIME_DIR") or ""
        if not parent or len(parent) > 60:
            parent = tempfile.gettempdir() if len(tempfile.gettempdir()) <= 60 else "/tmp"
        folder = Path(parent) / f"quarterdeck-{os.getuid()}-{digest}"
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise DaemonError(f"the folder {folder} is not private to this user: remove it")
        return folder / "api.sock"

    def known_socket(self) -> Path:
        """Where the last daemon listened, or where the next one will."""
        try:
            written = self.endpoint.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
            written = ""
        usable = written.isprintable() and len(os.fsencode(written)) <= _LONGEST_SOCKET_PATH
        return Path(written) if written and usable else self.run / "api.sock"


def find_home() -> Home:
    """The home folder: `QUARTERDECK_LOCAL_HOME`, or in the user's data folder."""
    override = os.environ.get("QUARTERDECK_LOCAL_HOME", "")
    if override:
        return Home(Path(override).expanduser().absolute())
    return Home(Path(platformdirs.user_data_dir("quarterdeck", appauthor=False)) / "local")


def load_settings(home: Home, socket_path: Path) -> CloudSettings:
    """Settings of `settings.toml` over the defaults.

    Raises:
        DaemonError: the file is not TOML, or a key or value is wrong; names file and key.
    """
    try:
        found = tomllib.loads(home.settings.read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise DaemonError(f"{home.settings}: {error}") from error
    try:
        return CloudSettings.model_validate({"socket_path": socket_path, **found})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        known = ""
        if first["type"] == "extra_forbidden":
            known = f"; known keys: {', '.join(CloudSettings.model_fields)}"
        raise DaemonError(f"{home.settings}: {key}: {first['msg']}{known}") from error
