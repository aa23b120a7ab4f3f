"""Stores, names, ports and barriers between ranks."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    COMPLETED,
    Log,
    failed,
    plain_steps,
    sample,
    traceback,
)

_NET = "Infrastructure"


@sample("collective", failed(_NET, "net.|rdzv."))
def store_refused(log: Log) -> None:
    for at in range(6):
        log.say(
            f"[W socket.cpp:663] [c10d] The client socket has failed to connect to [gpu-01]:29500 (errno: 111 "
            f"- Connection refused). Retry {at}."
        )
    log.say(
        traceback(
            "torch.distributed.DistNetworkError: The client socket has timed out after 600s while trying to "
            "connect to (gpu-01, 29500).",
            "train.py:31:main:dist.init_process_group('nccl')",
            mark=True,
        )
    )
    log.marked.extend((None, n, None) for n in range(1, 7))


@sample("collective", COMPLETED)
def store_refused_then_there(log: Log) -> None:
    for _ in range(4):
        log.say(
            "[W socket.cpp:663] [c10d] The client socket has failed to connect to [gpu-01]:29500 (errno: 111 "
            "- Connection refused)."
        )
    log.say(
        "gpu-02:881:1420 [0] transport/net_ib.cc:190 NCCL WARN NET/IB : Unable to open device mlx5_9"
    )
    plain_steps(log, 10, 600, of=600, every=20)
    log.say(f"{log.now()},001 - train - INFO - Training finished.")


@sample("collective", failed(_NET, "net.addr"))
def port_is_taken(log: Log) -> None:
    log.say(
        traceback(
            "torch.distributed.DistNetworkError: The server socket has failed to listen on any local network "
            "address. port: 29500, useIpv6: true, code: -98, name: EADDRINUSE, message: address already in use",
            "../opt/conda/bin/torchrun:8:<module>:sys.exit(main())",
            mark=True,
        )
    )


@sample("collective", failed(_NET, "nccl.|rdzv.|net.", rank=5))
def monitored_barrier_names_the_missing(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@[E ProcessGroupGloo.cpp:138] Rank 5 failed to pass monitoredBarrier in 1800000 ms\n"
        + traceback(
            "RuntimeError: Rank 5 failed to pass monitoredBarrier in 1800000 ms",
            "train.py:201:save:dist.monitored_barrier()",
            mark=True,
        )
    )


@sample("collective", failed(_NET, "nccl."), label="torch")
def heartbeat_monitor(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.everyone(
        (4, 5),
        "@@[F314 11:02:33.1 ProcessGroupNCCL.cpp:1554] [PG ID 0 PG GUID 0(default_pg) Rank {r}] [PG ID 0 PG GUID "
        "0(default_pg) Rank {r}] Terminating the process after attempting to dump debug info, due to ProcessGroupNCCL "
        "watchdog hang.",
    )
    log.say("srun: error: gpu-01: task 4: Aborted (core dumped)")


@sample("collective", failed(_NET, "net.|jax."))
def jax_peers_unhealthy(log: Log) -> None:
    for at in range(0, 200, 20):
        log.say(
            f"I0314 09:14:07.551122 140737 train.py:140] step: {at}, loss: {4 - at / 200:.3f}, lr: 1e-3"
        )
    log.say(
        "@@E0314 09:40:41.001122 1407 coordination_service_agent.cc:729] Coordination agent is set to ERROR: "
        "UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats):\n"
        "@@/job:jax_worker/replica:0/task:13\nF0314 09:40:41.001300 1407 client.h:77] Terminating process because "
        "the JAX distributed service detected fatal errors. This most likely indicates that another task died."
    )


@sample("collective", failed(_NET, "net."))
def master_name_unknown(log: Log) -> None:
    log.say(
        traceback(
            "socket.gaierror: [Errno -2] Name or service not known",
            "train.py:22:setup:host = socket.gethostbyname(os.environ['MASTER_ADDR'])",
            mark=True,
        )
    )
