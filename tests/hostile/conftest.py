"""The hostile tenant, for each test anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile_tenant import HostileTenant


@pytest.fixture
def hostile() -> Iterator[HostileTenant]:
    with HostileTenant() as served:
        yield served
