"""Drivers, buses and nodes that failed."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    Log,
    failed,
    megatron,
    plain_steps,
    sample,
    text_sample,
    traceback,
)

_HW = "Infrastructure"
_CUDA = (
    "RuntimeError: CUDA error: {said}\nCUDA kernel errors might be asynchronously reported at some other API call, "
    "so the stacktrace below might be incorrect.\nFor debugging consider passing CUDA_LAUNCH_BLOCKING=1\n"
    "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions."
)


def _dmesg(log: Log, text: str) -> str:
    return f"[{log.now(2, '%a %b %d %H:%M:%S %Y')}] {text}"


@sample("hardware", failed(_HW, "ascend."), label="srun")
def ascend_uncorrectable_hbm(log: Log) -> None:
    plain_steps(log, 5, 60, every=5)
    log.say(
        "[ERROR] RUNTIME(991,python):2025-03-14-10:11:41.233.101 [task_info.cc:1741]991 HandleHbmUce:@@".replace(
            "@@", ""
        )
        + "report error module_type=5, module_name=EE9999"
        "\n@@RuntimeError: UCE ERROR, error code is 107022[PID: 991] 2025-03-14-10:11:41 device 3 HBM UCE",
        3,
    )
    log.everyone(
        (0, 1), "EI0002: The wait execution of the Notify register times out. remote rank [3]"
    )


@sample("hardware", failed(_HW, "gpu.driver"))
def driver_and_library_differ(log: Log) -> None:
    log.say(
        "@@Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54"
    )
    log.say(
        traceback(
            "AssertionError: no GPU visible",
            "train.py:14:main:assert torch.cuda.is_available(), 'no GPU visible'",
        )
    )


@sample("hardware", failed(_HW, "gpu.driver"))
def fabric_manager_not_running(log: Log) -> None:
    log.say(
        traceback(
            "RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions before calling "
            "NumCudaDevices() that might have already set an error? Error 802: system not yet initialized",
            "train.py:14:main:torch.cuda.set_device(local_rank)",
            mark=True,
        )
    )


@sample("hardware", failed(_HW, "host.pcie|gpu."))
def pcie_error(log: Log) -> None:
    megatron(log, 1, 12)
    log.say(
        "@@[88123.771] pcieport 0000:40:01.1: AER: Multiple Uncorrectable (Fatal) error message received from 0000:41:00.0"
    )
    log.say("[88123.772] nvme nvme1: frozen state error detected, reset controller")
    log.say(
        traceback(_CUDA.format(said="unspecified launch failure"), "train.py:88:step:loss.item()")
    )


@sample("hardware", failed(_HW, "cuda.|gpu."))
def rocm_memory_access_fault(log: Log) -> None:
    megatron(log, 1, 12)
    log.say(
        "@@Memory access fault by GPU node-7 (Agent handle: 0x55d1) on address 0x7f41c2200000. Reason: Unknown."
    )
    log.say("GPU core dump failed\nsrun: error: mi300-04: task 6: Aborted (core dumped)")


text_sample(
    "hardware",
    "thermal_shutdown_of_one",
    failed(_HW, "gpu.|host."),
    """
step 100 loss 2.1 tokens/s 9900
step 110 loss 2.1 tokens/s 6100
Mar 14 10:00:01 gpu-5 kernel: NVRM: GPU at PCI:0000:5e:00: GPU-8d2c
@@Mar 14 10:00:01 gpu-5 kernel: NVRM: Xid (PCI:0000:5e:00): 62, pid=991, name=python, 0b3c(1e58) 00000000 00000000
RuntimeError: CUDA error: unspecified launch failure
srun: error: gpu-5: task 3: Exited with exit code 1
""",
)
