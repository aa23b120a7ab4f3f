"""What a daemon serves: a tenant, routes of its own, and what ends with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter
from starlette.types import ASGIApp

from localcloud.engine.cloud import Cloud
from localcloud.server.backend import TenantBackend
from localcloud.server.home import Home, load_settings


def _as_it_is(app: ASGIApp) -> ASGIApp:
    return app


def _nothing() -> None:
    return None


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Service:
    """One tenant as a daemon serves it."""

    backend: TenantBackend
    routes: Sequence[APIRouter] = ()
    """Served on the Unix socket alone."""
    wrap: Callable[[ASGIApp], ASGIApp] = _as_it_is
    """Put around the app of every listener."""
    stop_work: Callable[[], None] = _nothing
    """Ends what the tenant runs outside of this process."""
    over: Callable[[], bool] = _never
    """Whether the daemon should end by itself; asked at every tick."""


ServiceMaker = Callable[[Home, Path], Service]
"""Makes the service of a home folder that listens on a socket."""


def embedded_service(home: Home, socket_path: Path) -> Service:
    """The embedded cloud.

    Raises:
        DaemonError: its settings are wrong.
        StoreError: its database cannot be used.
    """
    cloud = Cloud(home.root, load_settings(home, socket_path))
    return Service(cloud, stop_work=cloud.stop_agents)
