"""Devices, nodes and links that failed, or only seemed to."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    COMPLETED,
    Log,
    child_failed,
    failed,
    megatron,
    plain_steps,
    sample,
    traceback,
    watchdog,
)

_HW = "Infrastructure"
_CUDA = (
    "RuntimeError: CUDA error: {said}\nCUDA kernel errors might be asynchronously reported at some other API call, "
    "so the stacktrace below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
    "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions."
)


def _dmesg(log: Log, text: str) -> str:
    return f"[{log.now(2, '%a %b %d %H:%M:%S %Y')}] {text}"


@sample("hardware", failed(_HW, "gpu."), label="srun")
def gpu_fell_off_the_bus(log: Log) -> None:
    megatron(log, 1, 60)
    log.say(
        traceback(
            _CUDA.format(said="unknown error"),
            "megatron/training.py:501:train_step:loss.backward()",
        ),
        5,
    )
    log.mixed({rank: watchdog(rank) for rank in (0, 7)})
    log.say("---- dmesg of gpu-17 ----")
    log.say(
        "@@"
        + _dmesg(
            log,
            "NVRM: Xid (PCI:0000:ab:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
        )
    )
    log.say("@@" + _dmesg(log, "NVRM: GPU 0000:ab:00.0: GPU has fallen off the bus."))


@sample("hardware", failed(_HW, "gpu.", rank=3))
def double_bit_ecc(log: Log) -> None:
    plain_steps(log, 10, 500, every=20)
    log.say(
        "@@"
        + _dmesg(
            log,
            "NVRM: Xid (PCI:0000:3b:00): 48, pid=41822, name=python3, DBE (Double Bit Error) "
            "ECC Error detected on GPU, FBPA 4",
        )
    )
    log.say(
        _dmesg(
            log,
            "NVRM: Xid (PCI:0000:3b:00): 63, Row Remapper: New row marked for remapping, reset gpu to activate.",
        )
    )
    log.say(
        traceback(
            _CUDA.format(said="uncorrectable ECC error encountered"), "train.py:88:step:loss.item()"
        )
    )
    log.say(child_failed(3))


@sample("hardware", failed(_HW, "gpu.ecc"), label="torch")
def ecc_without_dmesg(log: Log) -> None:
    plain_steps(log, 10, 500, every=20)
    log.say(
        traceback(
            _CUDA.format(said="uncorrectable ECC error encountered"),
            "train.py:88:step:loss.item()",
            mark=True,
        ),
        9,
    )
    log.mixed({rank: watchdog(rank) for rank in (0, 8, 15)})


@sample("hardware", failed(_HW + "|Script|Framework", "cuda.|gpu."), label="torch")
def illegal_access_with_xid_13(log: Log) -> None:
    plain_steps(log, 10, 60)
    log.say(
        "@@"
        + _dmesg(
            log,
            "NVRM: Xid (PCI:0000:19:00): 31, pid=812, name=python, Ch 00000008, intr 00000000. MMU Fault: ENGINE GRAPHICS",
        )
    )
    log.say(
        traceback(
            _CUDA.format(said="an illegal memory access was encountered"),
            "ops/attn.py:40:fwd:out = kern(q, k, v)",
            mark=True,
        ),
        1,
    )


@sample("hardware", failed(_HW + "|Script", "cuda."), label="torch")
def illegal_access_alone(log: Log) -> None:
    plain_steps(log, 10, 60)
    log.say(
        traceback(
            _CUDA.format(said="an illegal memory access was encountered"),
            "ops/attn.py:40:fwd:out = kern(q, k, v)",
            mark=True,
        ),
        2,
    )
    log.mixed({rank: watchdog(rank) for rank in (0, 1, 3)})
    log.say(
        "what():  CUDA error: an illegal memory access was encountered\nException raised from c10_cuda_check_implementation",
        2,
    )


@sample("hardware", failed(_HW, "gpu."))
def nvlink_error(log: Log) -> None:
    megatron(log, 1, 20)
    log.say(
        "@@"
        + _dmesg(
            log,
            "NVRM: Xid (PCI:0000:cb:00): 74, pid=2201, name=python, NVLink: fatal error detected on link 3(0x10000, 0x0, 0x0)",
        )
    )
    log.say(
        "ncclUnhandledCudaError: Call to CUDA function failed.\nLast error:\nCuda failure 'uncorrectable NVLink error detected during the execution'"
    )


@sample("hardware", failed(_HW, "nvswitch."))
def nvswitch_fatal(log: Log) -> None:
    megatron(log, 1, 20)
    log.say(
        "@@Mar 14 09:16:10 gpu-12 kernel: [91233.1] nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 20034, Fatal, Link 30 LTSSM Fault Up"
    )
    log.say(
        "Mar 14 09:16:10 gpu-12 kernel: [91233.2] nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 20034, Severity 1 Engine instance 30 Sub-engine instance 00"
    )
    log.say(watchdog(4))


@sample("hardware", COMPLETED)
def row_remap_and_thermal_notes(log: Log) -> None:
    plain_steps(log, 10, 300, of=600, every=20)
    log.say(
        "Mar 14 09:16:10 gpu-12 kernel: NVRM: Xid (PCI:0000:3b:00): 63, pid=88, name=python, Row Remapper: New row marked for remapping, reset gpu to activate."
    )
    log.say(
        "    HW Thermal Slowdown               : Not Active\n    SW Power Cap                      : Active"
    )
    plain_steps(log, 310, 600, of=600, every=10)
    log.say("training done, 600 steps")


@sample("hardware", failed(_HW, "net."))
def link_down_then_completions(log: Log) -> None:
    megatron(log, 1, 30)
    log.say("@@" + _dmesg(log, "mlx5_core 0000:5d:00.0 ibs3f0: Link down"))
    for node in (3, 4):
        log.say(
            f"gpu-{node:02d}:5512:6120 [4] transport/net_ib.cc:1295 NCCL WARN NET/IB : Got completion from peer "
            "10.11.0.31<41020> with status=12 opcode=0 len=0 vendor err 129 (Send)"
        )
    log.say(watchdog(24))
    log.say("slurmstepd: error: *** STEP 4411.0 ON gpu-01 CANCELLED AT 2025-03-14T09:31:29 ***")


@sample("hardware", COMPLETED)
def link_flap_survived(log: Log) -> None:
    megatron(log, 1, 30, of=60)
    log.say(_dmesg(log, "mlx5_core 0000:5d:00.0 ibs3f0: Link down"))
    log.say(_dmesg(log, "mlx5_core 0000:5d:00.0 ibs3f0: Link up"))
    megatron(log, 31, 60, of=60)
    log.say("[after training is done] datetime: 2025-03-14 12:22:10 ")


@sample("hardware", failed(_HW, "ops.node_fail"))
def slurm_node_failure(log: Log) -> None:
    megatron(log, 1, 30)
    log.say("@@srun: error: Node failure on gpu-031")
    log.say(
        "slurmstepd: error: *** STEP 5512.0 ON gpu-030 CANCELLED AT 2025-03-14T11:01:44 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***"
    )
    log.say(
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.\nsrun: error: gpu-030: tasks 0-7: Killed"
    )


@sample("hardware", failed(_HW, "host.mce|ops.node"))
def machine_check(log: Log) -> None:
    megatron(log, 1, 12)
    log.say(
        "@@"
        + _dmesg(
            log,
            "mce: [Hardware Error]: CPU 41: Machine Check Exception: 5 Bank 7: be00000000800400",
        )
    )
    log.say(_dmesg(log, "mce: [Hardware Error]: TSC 0 ADDR 3f1c22a80 MISC 86 PPIN 8a1"))
    log.say(_dmesg(log, "Kernel panic - not syncing: Fatal machine check"))
    log.say("srun: error: Node failure on gpu-2")


@sample("hardware", failed(_HW, "ops.node|k8s."))
def kubernetes_node_not_ready(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        "@@2025-03-14T09:55:10Z Warning NodeNotReady pod/llama-worker-3 Node is not ready\n"
        "2025-03-14T10:00:12Z Normal TaintManagerEviction pod/llama-worker-3 Marking for deletion Pod ml/llama-worker-3\n"
        "2025-03-14T10:00:13Z Warning PyTorchJobFailed pytorchjob/llama PyTorchJob llama is failed because 1 Worker replica(s) failed."
    )


@sample("hardware", failed(_HW, "gpu."))
def device_handle_gone(log: Log) -> None:
    log.say(
        "Unable to determine the device handle for GPU 0000:4E:00.0: Unknown Error".replace(
            "Unable", "@@Unable"
        )
    )
    log.say(
        traceback(
            "RuntimeError: CUDA unknown error - this may be due to an incorrectly set up environment",
            "train.py:9:<module>:torch.cuda.set_device(0)",
        )
    )
