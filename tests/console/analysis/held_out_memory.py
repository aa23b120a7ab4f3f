"""Memory that ran out: of the accelerator, of the host, and of neither."""

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
    traceback,
    watchdog,
)

_OOM = (
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU {g} has a total "
    "capacity of 79.11 GiB of which 1.21 GiB is free. Including non-PyTorch memory, this process "
    "has 77.88 GiB memory in use. Of the allocated memory 74.30 GiB is allocated by PyTorch, and "
    "1.90 GiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large "
    "try setting PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True to avoid fragmentation."
)
_FRAMES = (
    "train.py:402:<module>:main()",
    "train.py:377:main:loss = model(batch).loss",
    "model/llama.py:218:forward:x = self.mlp(self.norm(x))",
)


@sample("memory", failed("Framework", "cuda.oom", rank=3))
def torchrun_cuda_oom_without_labels(log: Log) -> None:
    log.say("WARNING:torch.distributed.run:Setting OMP_NUM_THREADS environment variable to be 1")
    plain_steps(log, 10, 400)
    log.say(traceback(_OOM.format(g=3), *_FRAMES, mark=True))
    log.say(
        "W0314 09:31:22.100000 6001 torch/distributed/elastic/multiprocessing/api.py:897] Sending "
        "process 7000 closing signal SIGTERM"
    )
    log.say(child_failed(3))


@sample("memory", failed("Framework", "cuda.oom"), label="torch")
def labelled_oom_then_watchdogs(log: Log) -> None:
    plain_steps(log, 10, 250)
    log.say(traceback(_OOM.format(g=5), *_FRAMES, mark=True), 5)
    log.mixed({rank: watchdog(rank) for rank in (0, 1, 2, 3, 4, 6, 7)})
    log.say(child_failed(5, ranks=(0, 1, 2)))


@sample("memory", failed("Framework", "cuda.oom"), label="srun")
def deepspeed_oom_by_srun(log: Log) -> None:
    for rank in range(4):
        log.say(f"[{log.now()}] [INFO] [comm.py:637:init_distributed] cdb=None", rank)
    for at in range(10, 200, 10):
        log.say(
            f"[{log.now(9)},113] [INFO] [timer.py:260:stop] epoch=0/micro_step={at}/global_step={at},"
            " RunningAvgSamplesPerSec=41.2, CurrSamplesPerSec=41.4, MemAllocated=61.2GB",
            0,
        )
    log.mixed({r: traceback(("@@" if r == 2 else "") + _OOM.format(g=r), *_FRAMES) for r in (2,)})
    log.say("srun: error: gpu-11: task 2: Exited with exit code 1")
    log.say("slurmstepd: error: *** STEP 88123.0 ON gpu-11 CANCELLED AT 2025-03-14T09:31:29 ***")
    log.everyone(
        (0, 1, 3), "srun: Job step aborted: Waiting up to 32 seconds for job step to finish."
    )


@sample("memory", COMPLETED)
def oom_survived_by_smaller_batch(log: Log) -> None:
    log.say(
        "***** Running training *****\n  Num examples = 52,002\n  Total optimization steps = 1,000"
    )
    hf_steps(log, 10, 30)
    log.say(traceback(_OOM.format(g=0), *_FRAMES))
    log.say(f"{log.now()} - WARNING - batch 64 did not fit, trying again with batch size 32")
    hf_steps(log, 10, 1000, every=50)
    log.say("{'train_runtime': 1012.4, 'train_samples_per_second': 51.3, 'train_loss': 1.71}")


@sample("memory", failed("Framework", "cuda.oom"))
def jax_resource_exhausted(log: Log) -> None:
    log.say("I0314 09:12:05.112233 140737 train.py:88] JAX process: 0 / 4")
    for at in range(0, 300, 20):
        log.say(
            f"I0314 09:1{at % 10}:07.551122 140737 train.py:140] step: {at}, loss: {4 - at / 200:.3f}"
        )
    log.say(
        traceback(
            "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to "
            "allocate 17448304640 bytes.",
            "train.py:210:<module>:app.run(main)",
            "train.py:171:main:state, metrics = train_step(state, batch)",
            mark=True,
        )
    )
    log.say(
        "--------------------\nFor simplicity, JAX has removed its internal frames from the traceback"
    )


@sample("memory", failed("Framework", "cuda.oom"))
def tensorflow_resource_exhausted(log: Log) -> None:
    for at in range(1, 60):
        log.say(
            f"{at:4d}/1875 [>.............................] - ETA: 2:11 - loss: {2.3 - at / 99:.4f}"
        )
    log.say(
        "2025-03-14 09:13:44.118822: W tensorflow/core/common_runtime/bfc_allocator.cc:479] Allocator "
        "(GPU_0_bfc) ran out of memory trying to allocate 3.05GiB (rounded to 3276800000) requested "
        "by op ResNet/conv4_block1_3_conv/Conv2D"
    )
    log.say(
        traceback(
            "@@tensorflow.python.framework.errors_impl.ResourceExhaustedError: OOM when allocating "
            "tensor with shape[256,1024,50,50] and type float on /job:localhost/replica:0/task:0/"
            "device:GPU:0 by allocator GPU_0_bfc [Op:Conv2D]",
            "main.py:77:<module>:model.fit(ds, epochs=10)",
        )
    )


@sample("memory", failed("Framework", "cuda.oom|host.mem"), split=True)
def paddle_out_of_memory(log: Log) -> None:
    for rank in range(2):
        log.say(
            "LAUNCH INFO 2025-03-14 09:12:05,100 Run Pod: qzvwpk, replicas 2, status ready", rank
        )
        for at in range(10, 90, 10):
            log.say(
                f"[{log.now(3)},431] [    INFO] - global step {at}, epoch: 0, batch: {at}, "
                f"loss: {3 - at / 90:.6f}, ips: 1203.2 tokens/s",
                rank,
            )
    log.say(
        'Traceback (most recent call last):\n  File "run_pretrain.py", line 480, in <module>\n'
        "    do_train(args)\n@@MemoryError: \n\n--------------------------------------\nC++ Traceback "
        "(most recent call last):\n--------------------------------------\n0   paddle::memory::"
        "allocation::CUDAAllocator::AllocateImpl(unsigned long)\n\n----------------------\nError "
        "Message Summary:\n----------------------\n@@ResourceExhaustedError: \n\n@@Out of memory error on "
        "GPU 1. Cannot allocate 2.250000GB memory on GPU 1, 78.1GB memory has been allocated and "
        "available memory is only 1.0GB.\n\nPlease check whether there is any other process using GPU 1.",
        1,
    )


@sample("memory", failed("Framework", "cuda.oom"), label="srun")
def ascend_npu_out_of_memory(log: Log) -> None:
    plain_steps(log, 5, 60, every=5)
    log.say(
        traceback(
            "RuntimeError: NPU out of memory. Tried to allocate 3.12 GiB (NPU 6; 60.97 GiB total "
            "capacity; 55.20 GiB already allocated; 1.02 GiB free; 58.4 GiB reserved in total)",
            *_FRAMES,
            mark=True,
        ),
        6,
    )
    log.everyone(
        (0, 1, 2),
        "EI0002: The wait execution of the Notify register times out. Reason: The Notify register "
        "has not received the Notify record from remote rank [6].base information: [streamID:[41]]",
    )


@sample("memory", failed("Framework", "host.oom"))
def slurm_oom_kill(log: Log) -> None:
    megatron(log, 100, 240, step=10)
    log.say(
        "@@slurmstepd: error: Detected 3 oom_kill events in StepId=912133.0. Some of the step tasks "
        "have been OOM Killed.\nsrun: error: gpu-022: task 12: Out Of Memory\nsrun: Terminating "
        "StepId=912133.0\nslurmstepd: error: *** STEP 912133.0 ON gpu-021 CANCELLED AT "
        "2025-03-14T10:02:11 ***\nsrun: error: gpu-021: tasks 0-7: Terminated\nsrun: Force Terminated"
        " StepId=912133.0"
    )


@sample("memory", failed("Framework", "host.oom", rank=2))
def kernel_oom_then_torchrun_minus_nine(log: Log) -> None:
    plain_steps(log, 10, 180)
    log.say(
        "@@[412233.118211] pt_data_worker invoked oom-killer: gfp_mask=0x1100cca(GFP_HIGHUSER_MOVABLE),"
        " order=0, oom_score_adj=0\n[412233.118342] Mem-Info:\n@@[412233.119004] Out of memory: Killed "
        "process 41822 (python3) total-vm:391822004kB, anon-rss:221004112kB, file-rss:71132kB, "
        "shmem-rss:0kB, UID:1002 pgtables:512004kB oom_score_adj:0"
    )
    log.say(child_failed(2, code=-9))


@sample("memory", failed("Framework", "host.oom"))
def kubernetes_oomkilled(log: Log) -> None:
    log.say(
        f"{log.now(form='%Y-%m-%dT%H:%M:%SZ')} Normal Scheduled pod/sft-worker-0 assigned to gpu-3"
    )
    plain_steps(log, 10, 90)
    log.say(
        "2025-03-14T09:33:10Z Warning BackOff pod/sft-worker-1 Back-off restarting failed container\n"
        "    Last State:     Terminated\n@@      Reason:       OOMKilled\n      Exit Code:    137\n"
        "      Started:      Fri, 14 Mar 2025 09:12:11 +0000"
    )


@sample("memory", failed("Framework", "cuda.oom|py."))
def vllm_no_room_for_cache(log: Log) -> None:
    log.say(
        "INFO 03-14 09:12:05 [config.py:717] This model supports multiple tasks: {'generate'}.\n"
        "INFO 03-14 09:12:31 [gpu_model_runner.py:1329] Model loading took 72.5 GiB and 21.3 seconds\n"
        "ERROR 03-14 09:12:44 [core.py:396] EngineCore failed to start.\n"
        "ERROR 03-14 09:12:44 [core.py:396] Traceback (most recent call last):\n"
        'ERROR 03-14 09:12:44 [core.py:396]   File "/usr/lib/vllm/v1/engine/core.py", line 387, in run\n'
        "@@ERROR 03-14 09:12:44 [core.py:396] ValueError: No available memory for the cache blocks. Try "
        "increasing `gpu_memory_utilization` when initializing the engine.\n"
        "Process EngineCore_0:"
    )
    log.say(
        traceback(
            "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}",
            "vllm/entrypoints/openai/api_server.py:1130:run_server:async with build_client(args)",
        )
    )


@sample("memory", failed("Framework", "host.oom"))
def ray_memory_monitor(log: Log) -> None:
    log.say("2025-03-14 09:12:05,443\tINFO worker.py:1771 -- Connecting to existing Ray cluster")
    log.say(
        traceback(
            "ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.\n"
            "Memory on the node (IP: 10.0.4.7, ID: 6f1) where the task (actor ID: 8a2, name="
            "Trainer.fit, pid=4412) was running was 478.1GB / 503.2GB (0.950), which exceeds the "
            "memory usage threshold of 0.95.",
            "tune.py:44:<module>:results = ray.get(refs)",
            mark=True,
        )
    )
