"""Disks, quotas, mounts, object stores, checkpoints and data that were not there."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    COMPLETED,
    Log,
    child_failed,
    failed,
    hf_steps,
    megatron,
    plain_steps,
    sample,
    text_sample,
    traceback,
    watchdog,
)

_NET = "Infrastructure"
_SAVE = "checkpoint.py:77:save:torch.save(state, path)"


@sample("storage", failed(_NET, "fs.no_space"), label="torch")
def disk_full_while_saving(log: Log) -> None:
    plain_steps(log, 10, 1000, every=20)
    log.say(
        traceback("OSError: [Errno 28] No space left on device", _SAVE, mark=True)
        + "\n\nDuring handling of the above exception, another exception occurred:\n\n"
        + traceback(
            "RuntimeError: [enforce fail at inline_container.cc:595] . unexpected pos 5242880192 vs 5242880088",
            _SAVE,
        ),
        0,
    )
    log.mixed({rank: watchdog(rank) for rank in (1, 2, 3)})


@sample("storage", failed(_NET, "fs.quota"))
def quota_exceeded(log: Log) -> None:
    hf_steps(log, 10, 500, every=25)
    log.say("Saving model checkpoint to /home/lw/out/checkpoint-500")
    log.say(
        traceback(
            "OSError: [Errno 122] Disk quota exceeded: '/home/lw/out/checkpoint-500'",
            _SAVE,
            mark=True,
        )
    )
    log.say(" 50%|█████     | 500/1000 [10:21<10:21,  1.24s/it]")


@sample("storage", failed(_NET, "fs.", rank=3))
def nfs_stalls_then_the_wave(log: Log) -> None:
    megatron(log, 1, 30)
    log.say(
        "@@[91233.100221] nfs: server fs01 not responding, still trying\n[91293.100221] nfs: server fs01 not responding, still trying"
    )
    log.say(watchdog(3) + "\n" + watchdog(9))
    log.say(child_failed(3, code=-6))


@sample("storage", COMPLETED)
def nfs_stalls_and_comes_back(log: Log) -> None:
    megatron(log, 1, 30, of=60)
    log.say(
        "[91233.100221] nfs: server fs01 not responding, still trying\n[91253.100221] nfs: server fs01 OK"
    )
    megatron(log, 31, 60, of=60)
    log.say(
        "  successfully saved checkpoint at iteration      60 to /ckpt\n[after training is done] datetime: 2025-03-14 12:22:10"
    )


@sample("storage", failed(_NET, "fs.readonly"), label="srun")
def lustre_evicted(log: Log) -> None:
    megatron(log, 1, 12)
    log.say(
        "@@LustreError: 11-0: scratch-OST0012-osc-ffff: operation ost_read to node 10.1.0.7@o2ib failed: rc = -107",
        14,
    )
    log.say(
        traceback(
            "@@OSError: [Errno 108] Cannot send after transport endpoint shutdown: '/scratch/c4/00031.bin'",
            "data.py:8:read:f.read(n)",
        ),
        14,
    )
    log.say("srun: error: gpu-3: task 14: Exited with exit code 1")


@sample("storage", failed(_NET, "fs.readonly"))
def stale_handle(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        traceback(
            "OSError: [Errno 116] Stale file handle: '/mnt/nfs/tokens/part-0031'",
            "data.py:8:read:os.stat(path)",
            mark=True,
        )
    )


@sample("storage", failed(_NET, "fs.readonly"), label="torch")
def io_error_in_loader_worker(log: Log) -> None:
    plain_steps(log, 10, 90)
    log.say(
        'Traceback (most recent call last):\n  File "train.py", line 99, in <module>\n    for batch in loader:\n'
        "@@OSError: Caught OSError in DataLoader worker process 3.\nOriginal Traceback (most recent call last):\n"
        '  File "dataset.py", line 31, in __getitem__\n    raw = f.read(size)\n@@OSError: [Errno 5] Input/output error',
        2,
    )


@sample("storage", failed(_NET, "fs.object"))
def object_store_throttles(log: Log) -> None:
    log.say(
        "\n".join(
            f"2025-03-14 09:1{n}:02 WARNING retry {n} of 5 for s3://pile/shard-0{n}.tar"
            for n in range(5)
        )
    )
    log.say(
        traceback(
            "botocore.exceptions.ClientError: An error occurred (SlowDown) when calling the GetObject operation (reached "
            "max retries: 4): Please reduce your request rate.",
            "streaming.py:51:fetch:client.get_object(Bucket=b, Key=k)",
            mark=True,
        )
    )


@sample("storage", failed(_NET + "|Script", "fs.object"))
def object_store_denies(log: Log) -> None:
    log.say(
        traceback(
            "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied",
            "streaming.py:31:index:client.list_objects_v2(Bucket=b)",
            mark=True,
        )
    )


@sample("storage", failed("Framework", "ckpt.corrupt"))
def broken_checkpoint(log: Log) -> None:
    log.say("loading checkpoint from /ckpt/iter_0004000")
    log.say(
        traceback(
            "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory",
            "resume.py:12:load:torch.load(path)",
            mark=True,
        )
    )


@sample("storage", failed("Script|Framework", "ckpt.mismatch"))
def checkpoint_of_another_size(log: Log) -> None:
    log.say(
        traceback(
            "RuntimeError: Error(s) in loading state_dict for LlamaForCausalLM:\n\tsize mismatch for embed_tokens.weight: "
            "copying a param with shape torch.Size([32000, 4096]) from checkpoint, the shape in current model is "
            "torch.Size([32016, 4096]).",
            "resume.py:12:load:model.load_state_dict(sd)",
            mark=True,
        )
    )


@sample("storage", failed("Framework|Script", "data.hub|py."))
def hub_is_out_of_reach(log: Log) -> None:
    inner = "huggingface_hub.errors.LocalEntryNotFoundError: An error happened while trying to locate the file on the Hub and we cannot find the requested files in the local cache."
    log.say(
        traceback(
            "@@" + inner,
            "../site-packages/transformers/utils/hub.py:470:cached_files:hf_hub_download(",
        )
        + "\n\nThe above exception was the direct cause of the following exception:\n\n"
        + traceback(
            "@@OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find them in the cached files.",
            "train.py:20:main:AutoTokenizer.from_pretrained(name)",
        )
    )


@sample("storage", failed("Framework|Script", "data.hub|py."))
def gated_model(log: Log) -> None:
    log.say(
        traceback(
            "@@huggingface_hub.errors.GatedRepoError: 401 Client Error. (Request ID: Root=1-65f2)\n\nCannot access gated repo for url "
            "https://huggingface.co/meta-llama/Llama-3.1-8B/resolve/main/config.json.\nAccess to model is restricted.",
            "train.py:20:main:AutoModel.from_pretrained(name)",
        )
    )


@sample("storage", failed(_NET, "fs.readonly"))
def disk_became_read_only(log: Log) -> None:
    plain_steps(log, 10, 200)
    log.say(
        "@@[71233.001] EXT4-fs error (device nvme1n1p1): ext4_journal_check_start:83: comm python: Detected aborted journal\n[71233.002] EXT4-fs (nvme1n1p1): Remounting filesystem read-only"
    )
    log.say(traceback("OSError: [Errno 30] Read-only file system: '/local/out/step-200.pt'", _SAVE))


@sample("storage", failed("Script", "py.filenotfound"), split=True)
def same_missing_file_on_all_ranks(log: Log) -> None:
    for rank in range(4):
        log.say(f"2025-03-14 09:12:0{5 + (rank + 1) % 3},000 INFO start", rank)
        log.say(
            traceback(
                "FileNotFoundError: [Errno 2] No such file or directory: '/data/train.jsonl'",
                "train.py:5:main:open(path)",
                mark=True,
            ),
            rank,
        )


@sample("storage", COMPLETED)
def side_log_had_no_space(log: Log) -> None:
    plain_steps(log, 10, 100, of=300)
    log.say(
        "wandb: ERROR Failed to write run file: [Errno 28] No space left on device; offline data is not kept"
    )
    plain_steps(log, 110, 300, of=300)
    log.say(
        "wandb: 🚀 View run llama-sft at: https://wandb.ai/x/y/runs/z\nwandb: Find logs at: ./wandb/run-2025/logs"
    )


@sample("storage", failed("Framework", "host.shm|fs.|data."))
def shared_memory_too_small(log: Log) -> None:
    log.say(
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).".replace(
            "ERROR", "@@ERROR"
        )
    )
    log.say(
        traceback(
            "RuntimeError: DataLoader worker (pid 412) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory. Please try to raise your shared memory limit.",
            "train.py:9:main:next(it)",
            mark=True,
        )
    )


text_sample(
    "storage",
    "too_many_open_files",
    failed("Framework|Script", "host.too_many"),
    traceback(
        "@@OSError: [Errno 24] Too many open files: '/data/shards/00412.tar'",
        "wds.py:5:open:open(url, 'rb')",
    ),
)
text_sample(
    "storage",
    "certificate_of_the_mirror",
    failed("Framework|Infrastructure", "data.hub"),
    "Downloading data files:   0%|          | 0/1 [00:00<?, ?it/s]\n"
    + traceback(
        "@@requests.exceptions.SSLError: HTTPSConnectionPool(host='mirror', port=443): Max retries exceeded with url: /c4 (Caused by "
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')))",
        "prep.py:9:main:load_dataset('c4')",
    ),
)
