from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

_NOBODY = 65534


@pytest.fixture
def without_rights() -> Iterator[Callable[[bool], None]]:
    """Takes the rights of an administrator from us, where we have them, and gives them back."""
    mine = os.geteuid()

    def change(away: bool) -> None:
        if mine == 0:
            os.seteuid(_NOBODY if away else 0)

    yield change
    change(False)
