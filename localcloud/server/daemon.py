"""The daemon: one per home folder, serving one cloud until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

import psutil
import uvicorn
from starlette.types import ASGIApp

from localcloud.engine.errors import StoreError
from localcloud.server.app import create_app
from localcloud.server.context import ServerState
from localcloud.server.home import DaemonError, Home
from localcloud.server.service import Service, ServiceMaker, embedded_service

_LOG = logging.getLogger(__name__)
_TICK_SECONDS = 0.25
_LOG_BYTES = 5 * 1024 * 1024
_LAST_ANSWERS_SECONDS = 3
_KEEP_ALIVE_SECONDS = 60
"""Longer than clients keep idle connections, so that no write meets a closing one."""


@dataclass(frozen=True)
class TcpListener:
    """An address to listen on beside the socket, and the token it asks for."""

    host: str
    port: int
    token: str


def run_daemon(home: Home, tcp: TcpListener | None, make: ServiceMaker = embedded_service) -> None:
    """Serve until SIGTERM, SIGINT or a shutdown request.

    Args:
        make: gives what is served, once the home folder is ours.

    Raises:
        DaemonError: it cannot start; the text says why.
    """
    home.prepare()
    with _only_one(home):
        _log_to(home)
        try:
            asyncio.run(_serve(home, tcp, make))
        except DaemonError:
            raise
        except StoreError as error:
            raise DaemonError(str(error)) from error
        except OSError as error:
            place = f" {error.filename}" if error.filename else ""
            raise DaemonError(f"cannot go on: {error.strerror}{place}") from error
        except Exception as error:
            _LOG.exception("the daemon ends")
            raise DaemonError(f"the daemon met a defect of its own; see {home.log}") from error


async def _serve(home: Home, tcp: TcpListener | None, make: ServiceMaker) -> None:
    with contextlib.ExitStack() as stack:
        socket_path = home.socket()
        service = make(home, socket_path)
        cloud = service.backend
        stack.callback(cloud.close)
        listeners = [stack.enter_context(_unix_listener(socket_path))]
        if tcp is not None:
            listeners.append(stack.enter_context(_tcp_listener(tcp)))
        state = ServerState(cloud)
        near = create_app(cloud, token=None, unix=True, state=state, inner=service.routes)
        servers = [_server(service.wrap(near))]
        if tcp is not None:
            far = create_app(cloud, token=tcp.token, unix=False, state=state)
            servers.append(_server(service.wrap(far)))
        _stop_on_signals(state)
        home.endpoint.write_text(f"{socket_path}\n", encoding="utf-8")
        _write_pid(home)
        stack.callback(home.pid.unlink, missing_ok=True)
        _LOG.info("serving %s on %s, pid %d", home.root, socket_path, os.getpid())
        await _until_stopped(state, service, servers, listeners)
        if state.stop_jobs:
            # The sockets are closed: an agent that says goodbye fails at once and leaves.
            _close_listeners(listeners, socket_path)
            service.stop_work()
        _LOG.info("stopped, jobs %s", "stopped" if state.stop_jobs else "go on")


async def _until_stopped(
    state: ServerState,
    service: Service,
    servers: list[uvicorn.Server],
    listeners: list[socket.socket],
) -> None:
    ticking = asyncio.create_task(_tick(state, service))
    serving = [
        asyncio.create_task(server.serve(sockets=[listener]))
        for server, listener in zip(servers, listeners, strict=True)
    ]
    stopping = asyncio.create_task(state.stopping.wait())
    try:
        await asyncio.wait([stopping, *serving], return_when=asyncio.FIRST_COMPLETED)
        state.stopping.set()
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*serving)
    finally:
        stopping.cancel()
        ticking.cancel()


async def _tick(state: ServerState, service: Service) -> None:
    while True:
        try:
            service.backend.tick()
            if service.over():
                state.stopping.set()
        except Exception:
            # One bad step must not end the supervision of every other job.
            _LOG.exception("a supervisor step failed")
        await asyncio.sleep(_TICK_SECONDS)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The daemon itself listens to signals, once for all its servers.
        yield


def _server(app: ASGIApp) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        loop="asyncio",
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
    )
    return _Server(config)


def _stop_on_signals(state: ServerState) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, state.stopping.set)


@contextlib.contextmanager
def _only_one(home: Home) -> Iterator[None]:
    try:
        # Agents started from here must not inherit the lock, so it closes on exec.
        lock = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DaemonError(f"cannot use {home.lock}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise DaemonError(f"a daemon already runs on {home.root}") from error
    try:
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _unix_listener(path: Path) -> Iterator[socket.socket]:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)
    try:
        listener.bind(str(path))
    except OSError as error:
        listener.close()
        raise DaemonError(f"cannot listen on {path}: {error.strerror}") from error
    finally:
        os.umask(mask)
    try:
        path.chmod(0o600)
        yield listener
    finally:
        _close_listeners([listener], path)


@contextlib.contextmanager
def _tcp_listener(tcp: TcpListener) -> Iterator[socket.socket]:
    try:
        family = socket.AF_INET6 if ":" in tcp.host else socket.AF_INET
        listener = socket.create_server((tcp.host, tcp.port), family=family)
    except (OSError, OverflowError) as error:
        number = error.errno if isinstance(error, OSError) else None
        why = os.strerror(number) if number and number > 0 else str(error)
        raise DaemonError(f"cannot listen on {tcp.host}:{tcp.port}: {why}") from error
    with listener:
        yield listener


def _close_listeners(listeners: list[socket.socket], path: Path) -> None:
    for listener in listeners:
        listener.close()
    path.unlink(missing_ok=True)


def _write_pid(home: Home) -> None:
    born = psutil.Process().create_time()
    home.pid.write_text(json.dumps({"pid": os.getpid(), "started": born}), encoding="utf-8")


def _log_to(home: Home) -> None:
    # A full disk must not fill standard error with the logging module's own tracebacks.
    logging.raiseExceptions = False
    try:
        handler = RotatingFileHandler(home.log, maxBytes=_LOG_BYTES, backupCount=3)
    except OSError as error:
        raise DaemonError(f"cannot write {home.log}: {error.strerror}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
