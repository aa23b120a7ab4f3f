"""The last words of workers, in the forms such errors have."""

from __future__ import annotations

_XIDS = {"xid": 79, "ecc": 48, "sram": 95, "gsp": 119}

_TRACEBACK = "Traceback (most recent call last):"
_FRAME = '  File "/workspace/train.py", line {line}, in {function}'


def error_lines(word: str, cause: str, mine: bool, rank: int) -> list[str]:
    """What a worker writes when its attempt breaks.

    Args:
        word: the cause as `failures.CAUSES` names it.
        cause: its sentence.
        mine: this worker is the one that broke; the others only lose it.
    """
    if not mine:
        return [] if word in ("node", "maintenance", "host", "reboot") and rank < 0 else _peer()
    if word in _XIDS:
        return [
            f"NVRM: Xid (PCI:0000:{rank % 8:02x}:00): {_XIDS[word]}, pid=4242, {cause}",
            "CUDA error: an uncorrectable error was met on the device",
            _TRACEBACK,
            _FRAME.format(line=212, function="train_step"),
            "RuntimeError: CUDA error: device-side failure, see the line above",
        ]
    return _OTHERS.get(word, [f"ERROR {cause}"])


def _peer() -> list[str]:
    return [
        "NCCL WARN connection to a peer was closed, aborting the communicator",
        _TRACEBACK,
        _FRAME.format(line=219, function="all_reduce_gradients"),
        "RuntimeError: NCCL error: remote process exited or there was a network error",
    ]


_OTHERS: dict[str, list[str]] = {
    "network": [
        "NCCL WARN NET/IB : port 1 of mlx5_0 went down",
        "NCCL WARN NET/IB : completion with error 12, transport retry counter exceeded",
        "RuntimeError: NCCL error: unhandled system error",
    ],
    "nic": [
        "NCCL WARN NET/IB : device mlx5_2 is gone",
        "RuntimeError: NCCL error: unhandled system error",
    ],
    "hang": [
        "NCCL watchdog: collective ALLREDUCE has run for 600000 ms without an end",
    ],
    "corruption": [
        "loss is nan at this step, the gradients of one shard are not finite",
        "RuntimeError: values differ between two runs of the same step",
    ],
    "thermal": ["clock throttled: thermal slowdown is active", "ERROR device too hot, giving up"],
    "disk-full": [
        _TRACEBACK,
        _FRAME.format(line=311, function="save_checkpoint"),
        "OSError: [Errno 28] No space left on device",
    ],
    "checkpoint-corrupt": [
        _TRACEBACK,
        _FRAME.format(line=288, function="load_checkpoint"),
        "RuntimeError: checkpoint archive is damaged: checksum does not match",
    ],
    "software": [
        "terminate called after an internal check failed",
        "Fatal Python error: Aborted",
    ],
    "oom": [
        _TRACEBACK,
        _FRAME.format(line=204, function="forward"),
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB",
    ],
    "assertion": [
        _TRACEBACK,
        _FRAME.format(line=97, function="check_batch"),
        "AssertionError: batch has 511 rows, 512 are needed",
    ],
    "value": [
        _TRACEBACK,
        _FRAME.format(line=141, function="build_model"),
        "ValueError: hidden size 5121 cannot be divided by 40 heads",
    ],
    "missing": [
        _TRACEBACK,
        _FRAME.format(line=63, function="open_shards"),
        "FileNotFoundError: [Errno 2] No such file or directory: '/data/shards/index.json'",
    ],
    "killed": ["Killed"],
}
