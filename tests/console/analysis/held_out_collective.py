"""Collective operations that failed or waited, and who was to blame."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    Log,
    child_failed,
    failed,
    megatron,
    plain_steps,
    sample,
    traceback,
    watchdog,
)

_NET = "Infrastructure"


@sample("collective", failed(_NET, "nccl."), label="torch")
def watchdog_and_no_other_word(log: Log) -> None:
    plain_steps(log, 10, 800, every=20)
    log.say("@@" + watchdog(3), 3)
    log.mixed({rank: watchdog(rank) for rank in (0, 1, 2, 4, 5, 6, 7)})
    log.say(child_failed(3, code=-6, ranks=(0, 1)))


@sample("collective", failed("Script", "py.filenotfound"), label="torch")
def missing_shard_on_one_rank(log: Log) -> None:
    plain_steps(log, 10, 300, every=20)
    log.say(
        traceback(
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/pile/shard_00412.bin'",
            "data/mmap.py:61:open_shard:self._file = open(path, 'rb')",
            mark=True,
        ),
        6,
    )
    log.mixed({rank: watchdog(rank) for rank in (0, 1, 2, 3, 4, 5, 7)})


@sample("collective", failed("Framework", "data."), label="srun")
def loader_killed_on_one_rank(log: Log) -> None:
    megatron(log, 1, 40)
    log.say(
        traceback(
            "RuntimeError: DataLoader worker (pid 81233) is killed by signal: Killed. ",
            "pretrain_gpt.py:244:<module>:pretrain(train_valid_test_datasets_provider)",
            mark=True,
        ),
        11,
    )
    log.mixed({rank: watchdog(rank) for rank in (2, 3, 9)})
    log.say("srun: error: gpu-07: task 11: Exited with exit code 1")


@sample("collective", failed("Framework", "proc.segfault"), split=True)
def peer_segfault_in_another_file(log: Log) -> None:
    stamp = "2025-03-14 10:02:1"
    for rank in range(4):
        log.say("2025-03-14 09:58:00,100 INFO rank started", rank)
    for rank in (0, 1, 3):
        log.say(f"{stamp}4,412 INFO step 900/5000 loss 2.1 lr 1e-4", rank)
        log.say(
            traceback(
                "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/"
                "ProcessGroupNCCL.cpp:1970, remote process exited or there was a network error, NCCL "
                "version 2.20.5\nncclRemoteError: A call failed possibly due to a network error or a "
                "remote process exiting prematurely.",
            ),
            rank,
        )
    log.say(f"{stamp}3,020 INFO step 899/5000 loss 2.1 lr 1e-4", 2)
    log.say(
        "@@Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f1c2a7fc640 (most recent call "
        'first):\n  File "/opt/conda/lib/python3.10/site-packages/av/container/input.py", line 88 in '
        "decode\nSegmentation fault (core dumped)",
        2,
    )


@sample("collective", failed(_NET, "net."), label="torch")
def infiniband_retry_exceeded(log: Log) -> None:
    plain_steps(log, 10, 300, every=20)
    log.say(
        "@@gpu-09:5512:6120 [4] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion from peer "
        "10.11.0.31<41020> with status=12 opcode=0 len=0 vendor err 129 (Recv) localGid "
        "fe80::966d:ae03:ab:1c2 remoteGids fe80::966d:ae03:ab:2d8 hca mlx5_4",
        12,
    )
    log.say("gpu-09:5512:6120 [4] NCCL INFO transport/net.cc:1298 -> 6", 12)
    log.say(
        "gpu-02:881:1420 [0] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion from peer "
        "10.11.0.39<51123> with status=5 opcode=0 len=0 vendor err 249 (Recv)",
        0,
    )
    log.mixed({rank: watchdog(rank) for rank in (0, 1, 12)})


@sample("collective", failed(_NET, "nccl.|net."), label="torch")
def nccl_socket_refused_at_start(log: Log) -> None:
    log.everyone(range(4), "node-{r}:911:911 [0] NCCL INFO Bootstrap : Using eth0:10.0.0.{r}<0>")
    log.say(
        "@@node-2:911:1023 [0] misc/socket.cc:484 NCCL WARN socketStartConnect: Connect to "
        "10.0.0.1<42413> failed : Software caused connection abort",
        2,
    )
    log.say(
        traceback(
            "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/NCCLUtils."
            "hpp:275, unhandled system error (run with NCCL_DEBUG=INFO for details), NCCL version 2.20.5"
            "\n@@ncclSystemError: System call (e.g. socket, malloc) or external library call failed or "
            "device error. \nLast error:\nsocketStartConnect: Connect to 10.0.0.1<42413> failed",
            "train.py:40:main:dist.barrier()",
            mark=True,
        ),
        2,
    )


@sample("collective", failed("Script", "py.keyerror"), label="torch")
def gloo_closed_by_a_dying_peer(log: Log) -> None:
    log.everyone(range(4), "[INFO] using gloo backend")
    log.say(
        traceback(
            "KeyError: 'attention_mask'", "collate.py:33:__call__:x['attention_mask']", mark=True
        ),
        1,
    )
    log.everyone(
        (0, 2, 3),
        traceback(
            "RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by "
            "peer [10.0.3.4]:40122",
            "train.py:90:step:dist.all_reduce(loss)",
        ),
    )


@sample("collective", failed(_NET, "hccl."), label="srun")
def hccl_socket_timeout(log: Log) -> None:
    plain_steps(log, 5, 60, every=5)
    log.say(
        "[ERROR] HCCL(8412,python):2025-03-14-10:11:41.233.101 [hccl_socket_manager.cc:816][8412]"
        "[Wait][LinksEstablishCompleted] is failed. local rank 5\n"
        "@@EI0006: 2025-03-14-10:11:41.240.004 Getting socket times out. Reason: Remote Rank did not send "
        "the data in time. The connection status is as follows: Interface[0], remote rank[13]",
        5,
    )
    log.everyone(
        (0, 1),
        "EI0006: 2025-03-14-10:11:44.240.004 Getting socket times out. Reason: remote rank[5]",
    )


@sample("collective", failed("Framework", "py.valueerror"), label="srun")
def ascend_wave_behind_a_value_error(log: Log) -> None:
    plain_steps(log, 5, 60, every=5)
    log.say(
        traceback(
            "ValueError: 样本长度 9012 超过最大序列长度 8192",
            "mindspeed/data.py:120:pack:raise ValueError(f'样本长度 {n} 超过最大序列长度 {limit}')",
            mark=True,
        ),
        2,
    )
    log.everyone(
        (0, 1, 3),
        "EI0002: 2025-03-14-10:11:41.240.004 The wait execution of the Notify register times out. "
        "Reason: The Notify register has not received the Notify record from remote rank [2].",
    )


@sample("collective", failed("Script|Framework", "py.|mpi."), label="mpi")
def mpi_abort_after_exception(log: Log) -> None:
    log.everyone(range(4), "rank {r} of 4 ready")
    log.say(
        traceback(
            "IndexError: list index out of range", "sim.py:88:halo:left = ring[rank + 1]", mark=True
        ),
        3,
    )
    log.say(
        "-"
        * 74
        + "\nMPI_ABORT was invoked on rank 3 in communicator MPI_COMM_WORLD\nwith errorcode 1.\n\n"
        "NOTE: invoking MPI_ABORT causes Open MPI to kill all MPI processes.\n" + "-" * 74
    )


@sample("collective", failed("Framework", "proc.segfault", rank=2))
def mpirun_says_signal_eleven(log: Log) -> None:
    log.say("Iteration 100 residual 1.2e-04\nIteration 200 residual 3.1e-05")
    log.say(
        "@@[gpu-03:51221] *** Process received signal ***\n@@[gpu-03:51221] Signal: Segmentation fault (11)\n"
        "[gpu-03:51221] Signal code: Address not mapped (1)\n[gpu-03:51221] Failing at address: 0x28\n"
        "[gpu-03:51221] [ 0] /lib64/libpthread.so.0(+0x12c20)[0x7f8c1a]\n"
        "[gpu-03:51221] *** End of error message ***\n"
        + "-"
        * 74
        + "\nmpirun noticed that process rank 2 "
        "with PID 51221 on node gpu-03 exited on signal 11 (Segmentation fault).\n" + "-" * 74
    )


@sample("collective", failed(_NET, "net."))
def ucx_transport_retry(log: Log) -> None:
    megatron(log, 10, 60)
    log.say(
        "@@[gpu-14:1722 :0:1722] ib_mlx5_log.c:171  Transport retry count exceeded on mlx5_2:1/IB (synd 0x15 "
        "vend 0x81 hw_synd 0/0)\n[gpu-14:1722 :0:1722] ib_mlx5_log.c:171  RC QP 0x11ae wqe[512]: RDMA_READ\n"
        "==== backtrace (tid:   1722) ====\n 0 0x000000000005b6ad ucs_debug_print_backtrace()\n"
        "=================================\nsrun: error: gpu-14: task 28: Aborted (core dumped)"
    )


@sample("collective", failed(_NET, "rdzv."))
def rendezvous_never_complete(log: Log) -> None:
    log.say(
        "[W socket.cpp:464] [c10d] The server socket cannot be initialized on [::]:29400 (errno: 97)"
    )
    log.say(
        traceback(
            "torch.distributed.DistStoreError: Timed out after 901 seconds waiting for clients. 7/8 clients "
            "joined.",
            "train.py:31:main:dist.init_process_group('nccl')",
            mark=True,
        )
    )
