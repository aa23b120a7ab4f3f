"""The floors of the house: imports only go down, and what must stay light stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from console.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("api_client", "console", "themes", "screens", "localcloud")
HEAVY = {
    "textual",
    "rich",
    "plotext",
    "pydantic",
    "msgspec",
    "httpx",
    "keyring",
    "fastapi",
    "numpy",
}
LONGEST_FILE = 300


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=120
    )


def _loaded_by(statement: str) -> set[str]:
    """Top-level modules a fresh interpreter holds after a statement."""
    done = _run("-c", f"{statement}\nimport sys\nprint(*{{n.split('.')[0] for n in sys.modules}})")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def _sources() -> Iterator[Path]:
    for floor in FLOORS:
        yield from (ROOT / floor).rglob("*.py")


def test_import_contracts_hold() -> None:
    done = _run(
        "-c",
        "import sys\n"
        "from importlinter.cli import lint_imports\n"
        "sys.exit(lint_imports(no_cache=True))",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_no_module_imports_in_a_circle() -> None:
    """Not even for types alone; the deferred opening of the app is an arrow, not a circle."""
    graph = grimp.build_graph(*FLOORS, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail(f"imports run in a circle: {' -> '.join(reversed(error.args[1]))}")


def test_the_command_line_loads_no_screen() -> None:
    loaded = _loaded_by("import console.cli.app")
    assert not loaded & {"textual", "rich", "plotext", "screens", "themes", "localcloud"}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_nothing_heavy(option: str) -> None:
    loaded = _loaded_by(
        f"import sys; sys.argv = ['qd', {option!r}]\n"
        "from console.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert not loaded & HEAVY


def test_the_first_frame_waits_for_nothing_heavy() -> None:
    """What checks, fetches or draws charts is loaded behind the first frame, or on first use."""
    loaded = _loaded_by("import console.start, screens.app, screens.overview, screens.workspace")
    heavy = {"pydantic", "httpx", "keyring", "plotext", "numpy", "babel", "tomlkit", "click"}
    assert not loaded & heavy


def test_the_last_screen_is_painted_before_the_framework() -> None:
    loaded = _loaded_by("import console.__main__, console.start")
    assert not loaded & (HEAVY | {"click", "tomllib", "asyncio"})


def test_version_is_the_one_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_the_client_is_usable_alone() -> None:
    loaded = _loaded_by("import api_client.registry, api_client.providers.tenant")
    # httpx loads rich by itself where it is installed; that is not ours to forbid.
    assert not loaded & {"textual", "keyring", "console", "screens", "themes", "localcloud"}


def test_files_stay_readable() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _sources()
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not long


def test_no_room_for_odds_and_ends() -> None:
    odd = [path for path in _sources() if path.stem in {"utils", "helpers", "manager", "misc"}]
    assert not odd


def test_no_exception_is_swallowed() -> None:
    """`except Exception` (or wider) whose body does nothing hides faults from everybody."""
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and _does_nothing(node)
    ]
    assert not silent


def _catches_all(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    return kind is None or (
        isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}
    )


def _does_nothing(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(node, ast.Pass | ast.Continue)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in handler.body
    )
