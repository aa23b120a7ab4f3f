"""The numbers inside the example: gradients, windows, sums over ranks."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from examples.charlm.allreduce import Gang, join
from examples.charlm.data import draw_windows
from examples.charlm.environment import Place, StopRequest
from examples.charlm.errors import PeerLost, Stopped
from examples.charlm.model import Floats, Shape, initial_weights, loss, loss_and_gradient
from examples.charlm.optimizer import Adam
from tests.examples.gang import free_port


def test_gradient_is_the_slope_of_the_loss() -> None:
    shape = Shape(vocabulary=5, hidden=4)
    rng = np.random.default_rng(3)
    weights = initial_weights(shape, rng) * np.float32(2.0)
    inputs, targets = rng.integers(0, 5, (6, 3)), rng.integers(0, 5, (6, 3))
    value, gradient = loss_and_gradient(weights, shape, inputs, targets)
    assert value == loss(weights, shape, inputs, targets)
    step = np.float32(1e-2)
    for i in range(weights.size):
        up, down = weights.copy(), weights.copy()
        up[i] += step
        down[i] -= step
        slope = (loss(up, shape, inputs, targets) - loss(down, shape, inputs, targets)) / 0.02
        assert gradient[i] == pytest.approx(slope, abs=3e-4), i


def test_adam_moves_by_its_rate_while_the_gradient_stays() -> None:
    weights: Floats = np.zeros(3, dtype=np.float32)
    adam = Adam.fresh(3)
    adam.rate = 0.01
    for step in (1, 2, 3):
        adam.update(weights, np.array([0.3, -0.02, 0.0], dtype=np.float32), step)
        expected = [-0.01 * step, 0.01 * step, 0.0]
        assert weights.tolist() == pytest.approx(expected, rel=1e-3), step


def test_a_long_gradient_is_cut_and_keeps_its_direction() -> None:
    adam = Adam.fresh(2)
    adam.update(np.zeros(2, dtype=np.float32), np.array([30.0, 40.0], dtype=np.float32), 1)
    assert adam.first.tolist() == pytest.approx([0.06, 0.08])


def test_every_rank_draws_its_own_windows_and_all_generators_agree() -> None:
    ids = np.arange(1000, dtype=np.int64)
    generators = [np.random.default_rng(7) for _ in range(3)]
    drawn = [
        draw_windows(ids, rng, batch=2, context=5, rank=r, world=3)
        for r, rng in enumerate(generators)
    ]
    for inputs, targets in drawn:
        assert inputs.shape == (5, 2)
        assert (targets == inputs + 1).all()
    assert len({inputs.tobytes() for inputs, _ in drawn}) == 3
    assert len({str(rng.bit_generator.state) for rng in generators}) == 1


def _join_all(world: int, run: str = "same") -> list[Gang]:
    port = free_port()
    with ThreadPoolExecutor(world) as pool:
        waiting = [
            pool.submit(join, Place(r, world, "127.0.0.1", port), run, StopRequest(), patience=20.0)
            for r in range(world)
        ]
        return [one.result(30) for one in waiting]


def test_sum_is_the_same_on_all_ranks_and_added_in_rank_order() -> None:
    # In float32 these three give another sum in any other order of addition.
    parts: list[Floats] = [np.array([x], dtype=np.float32) for x in (1.0, 1e8, -1e8)]
    expected = (parts[0] + parts[1]) + parts[2]
    assert expected != parts[0] + (parts[1] + parts[2])
    gangs = _join_all(3)
    try:
        for _ in range(20):
            with ThreadPoolExecutor(3) as pool:
                sums = list(
                    pool.map(lambda pair: pair[0].sum(pair[1]), zip(gangs, parts, strict=True))
                )
            assert [total.tolist() for total in sums] == [expected.tolist()] * 3
        with ThreadPoolExecutor(3) as pool:
            sent = [b"from rank 0", b"", b"ignored"]
            shared = list(
                pool.map(lambda pair: pair[0].share(pair[1]), zip(gangs, sent, strict=True))
            )
        assert shared == [b"from rank 0"] * 3
    finally:
        for gang in gangs:
            gang.close()


def test_a_stranger_on_the_port_is_turned_away() -> None:
    port = free_port()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(
            join, Place(0, 2, "127.0.0.1", port), "run", StopRequest(), patience=20.0
        )
        stranger = _connect_when_open(port)
        with stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\n")
            second = pool.submit(
                join, Place(1, 2, "127.0.0.1", port), "run", StopRequest(), patience=20.0
            )
            gangs = [first.result(30), second.result(30)]
            assert stranger.recv(1) == b""
    one = np.ones(1, dtype=np.float32)
    with ThreadPoolExecutor(2) as pool:
        assert [s.tolist() for s in pool.map(lambda g: g.sum(one), gangs)] == [[2.0], [2.0]]
    for gang in gangs:
        gang.close()


def test_a_rank_that_never_comes_is_named() -> None:
    with pytest.raises(PeerLost, match="rank 1, 2 did not come in time"):
        join(Place(0, 3, "127.0.0.1", free_port()), "run", StopRequest(), patience=0.1)
    with pytest.raises(PeerLost, match="rank 0 does not answer"):
        join(Place(1, 3, "127.0.0.1", free_port()), "run", StopRequest(), patience=0.1)


def test_a_wish_to_stop_is_heard_while_waiting() -> None:
    stop = StopRequest()
    timer = threading.Timer(0.1, lambda: setattr(stop, "signal", 15))
    timer.start()
    with pytest.raises(Stopped):
        join(Place(1, 2, "127.0.0.1", free_port()), "run", stop, patience=20.0)
    timer.join()
    assert stop.exit_code == 143


def _connect_when_open(port: int) -> socket.socket:
    deadline = time.monotonic() + 20.0
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "rank 0 never listened"
            time.sleep(0.005)
