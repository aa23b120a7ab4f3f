"""Runs that ended well, whatever else their logs hold, and logs that do not say."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    COMPLETED,
    UNKNOWN,
    Log,
    Truth,
    hf_steps,
    megatron,
    plain_steps,
    sample,
    text_sample,
    traceback,
    watchdog,
)


@sample("success", COMPLETED, label="srun")
def harmless_import_tracebacks(log: Log) -> None:
    for rank in range(8):
        log.say(
            "[NeMo W 2025-03-14 09:12:05 nemo_logging:393] /usr/lib/python3.10/site-packages/x.py:9: UserWarning: ImportError: no apex\n"
            + traceback(
                "AttributeError: module 'transformer_engine' has no attribute 'pytorch'",
                "utils/safe.py:9:safe_import:import te",
            ),
            rank,
        )
    megatron(log, 1, 60, of=60, rank=0)
    log.say("[after training is done] datetime: 2025-03-14 20:22:10", 0)


@sample("success", Truth("completed", after="failed"))
def teardown_crashes(log: Log) -> None:
    hf_steps(log, 10, 1000, every=50)
    log.say(
        "{'train_runtime': 1012.4, 'train_samples_per_second': 51.3, 'train_loss': 1.71, 'epoch': 3.0}\n***** train metrics *****\n  train_loss = 1.71"
    )
    log.say(
        "terminate called after throwing an instance of 'c10::DistBackendError'\n  what():  NCCL communicator was aborted on rank 3.\nAborted (core dumped)\nsrun: error: gpu-1: task 3: Aborted (core dumped)"
    )


@sample("success", Truth("completed", after="time_limit"))
def time_limit_after_success(log: Log) -> None:
    megatron(log, 1, 60, of=60)
    log.say(
        "[after training is done] datetime: 2025-03-14 20:22:10\nslurmstepd: error: *** JOB 99120 ON gpu-014 CANCELLED AT 2025-03-14T21:00:12 DUE TO TIME LIMIT ***"
    )


@sample("success", COMPLETED)
def ignored_exception_at_exit(log: Log) -> None:
    plain_steps(log, 10, 400, of=400)
    log.say(
        "Exception ignored in: <function Loader.__del__ at 0x7f>\n"
        + traceback("AssertionError: can only test a child process", "loader.py:9:__del__:w.join()")
    )
    log.say(
        "[rank0]:[W314 12:00:00] Warning: WARNING: destroy_process_group() was not called before program exit"
    )
    log.say(
        "[W CudaIPCTypes.cpp:15] Producer process has been terminated before all shared CUDA tensors released."
    )


text_sample(
    "success",
    "lm_eval_table",
    COMPLETED,
    "2025-03-14:09:12:05,100 INFO     [__main__.py:364] Selected Tasks: ['hellaswag']\nRunning loglikelihood requests: 100%|██████████| 40168/40168 [10:11<00:00, 65.7it/s]\nfatal: not a git repository (or any of the parent directories): .git\n2025-03-14:09:25:05,100 INFO     [evaluation_tracker.py:206] Saving results aggregated\nhf (pretrained=m), gen_kwargs: (None), limit: None, num_fewshot: 0, batch_size: 16\n|  Tasks  |Version|Filter|n-shot| Metric |   |Value |   |Stderr|\n|---------|------:|------|-----:|--------|---|-----:|---|-----:|\n|hellaswag|      1|none  |     0|acc     |↑  |0.5691|±  |0.0049|",
)
text_sample(
    "success",
    "nccl_tests",
    COMPLETED,
    "# nThread 1 nGpus 8 minBytes 8 maxBytes 8589934592 step: 2(factor) warmup iters: 5 iters: 20\n#       size         count      type   redop    root     time   algbw   busbw #wrong\n           8             2     float     sum      -1    32.11    0.00    0.00      0\n  8589934592    2147483648     float     sum      -1    32411  265.03  463.81      0\n# Out of bounds values : 0 OK\n# Avg bus bandwidth    : 178.211 \n#",
)
text_sample(
    "success",
    "megatron_preprocess",
    COMPLETED,
    "Opening pile.jsonl\nTime to startup: 0.41\n"
    + "\n".join(
        f"Processed {n}000 documents ({n * 1.1:.2f} docs/s, {n / 9:.3f} MB/s)."
        for n in range(1, 60)
    )
    + "\nDone! Now finalizing.\nAll done, 59211 documents written to pile_text_document.bin",
)
text_sample(
    "success",
    "keras_to_the_last_epoch",
    COMPLETED,
    "\n".join(
        f"Epoch {n}/5\n1875/1875 [==============================] - 4s 2ms/step - loss: {1 / n:.4f} - accuracy: 0.97"
        for n in range(1, 6)
    )
    + "\n313/313 - 0s - loss: 0.0712 - accuracy: 0.9788 - 388ms/epoch - 1ms/step\nTest accuracy: 0.9788",
)
text_sample(
    "success",
    "lightning_max_epochs",
    COMPLETED,
    "Epoch 9: 100%|██████████| 1200/1200 [10:41<00:00,  1.87it/s, v_num=3, train_loss=0.412]\n`Trainer.fit` stopped: `max_epochs=10` reached.",
)
text_sample(
    "success",
    "sacct_says_completed",
    COMPLETED,
    "epoch 3 loss 0.21\nJobID|State|ExitCode\n8812|COMPLETED|0:0\n8812.batch|COMPLETED|0:0",
)
text_sample(
    "success",
    "paddle_finishes",
    COMPLETED,
    "[2025-03-14 09:12:05,100] [    INFO] - global step 1000, epoch: 2, loss: 1.2, ips: 1203.2 tokens/s\n[2025-03-14 09:12:09,100] [    INFO] - Saving model checkpoint to ./out\nLAUNCH INFO 2025-03-14 09:13:10,100 Pod completed\nLAUNCH INFO 2025-03-14 09:13:10,101 Exit code 0",
)
text_sample(
    "success",
    "kubernetes_completed",
    COMPLETED,
    "2025-03-14T09:12:00Z Normal Started pod/prep-0 Started container prep\nwrote 412 shards\n2025-03-14T10:12:00Z Normal Completed job/prep Job completed",
)
text_sample(
    "success",
    "dataset_tool",
    COMPLETED,
    "Map (num_proc=16): 100%|██████████| 52002/52002 [00:41<00:00, 1250.1 examples/s]\nSaving the dataset (2/2 shards): 100%|██████████| 52002/52002 [00:02<00:00, 21000.1 examples/s]\nPushing is off. Finished in 44.1 s.",
)
text_sample(
    "success",
    "vllm_benchmark",
    COMPLETED,
    "Starting initial single prompt test run...\nInitial test run completed. Starting main benchmark run...\n100%|██████████| 1000/1000 [01:21<00:00, 12.28it/s]\n============ Serving Benchmark Result ============\nSuccessful requests:                     1000      \nBenchmark duration (s):                  81.41     \nOutput token throughput (tok/s):         2412.11   \n==================================================",
)
text_sample(
    "success",
    "chinese_success",
    COMPLETED,
    "第 9 轮 步 900/1000 损失 1.21\n第 10 轮 步 1000/1000 损失 1.19\n模型已保存到 /data/out/最终\n训练完成, 共用时 3.2 小时",
)
text_sample(
    "success",
    "pytest_of_kernels",
    COMPLETED,
    "tests/test_attn.py::test_fwd PASSED\ntests/test_attn.py::test_bwd PASSED\n======================== 2 passed, 1 warning in 41.20s ========================",
)
text_sample(
    "success",
    "plain_count_reaches_its_end",
    COMPLETED,
    "\n".join(
        f"step={n} total_steps=400 loss={3 - n / 300:.3f} lr=0.0003" for n in range(10, 401, 10)
    )
    + "\nsaved final checkpoint: ckpt/step-400",
)


@sample("unknown", UNKNOWN)
def cut_off_in_the_middle(log: Log) -> None:
    log.say("using world size: 64, data-parallel-size: 8")
    megatron(log, 1, 200)


@sample("unknown", UNKNOWN)
def only_the_start(log: Log) -> None:
    log.everyone(
        range(8),
        "node-1:812{r}:812{r} [{r}] NCCL INFO comm 0x55 rank {r} nranks 64 cudaDev {r} busId 19000 - Init COMPLETE",
    )


@sample("unknown", UNKNOWN)
def survived_then_cut_off(log: Log) -> None:
    plain_steps(log, 10, 100)
    log.say(
        traceback(
            "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='metrics', port=443): Read timed out.",
            "hooks.py:9:send:post(url)",
        )
    )
    plain_steps(log, 110, 900)


text_sample(
    "unknown",
    "web_server",
    UNKNOWN,
    "\n".join(
        f'10.0.0.{n % 9} - - [14/Mar/2025:09:12:{n % 60:02d} +0000] "GET /api/v1/jobs/{n} HTTP/1.1" {500 if n % 7 == 0 else 200} {n * 31}'
        for n in range(300)
    ),
)
text_sample(
    "unknown",
    "ssh_daemon",
    UNKNOWN,
    "\n".join(
        f"Mar 14 09:{n // 60:02d}:{n % 60:02d} login1 sshd[{9000 + n}]: "
        + (
            "Connection reset by peer 10.0.0.9 port 22 [preauth]"
            if n % 5 == 0
            else "Accepted publickey for lw from 10.0.0.3 port 51220 ssh2"
        )
        for n in range(200)
    ),
)
text_sample(
    "unknown",
    "database",
    UNKNOWN,
    "\n".join(
        f"2025-03-14 09:12:{n % 60:02d}.101 UTC [{n}] "
        + (
            "LOG:  could not receive data from client: Connection reset by peer"
            if n % 11 == 0
            else "LOG:  checkpoint complete: wrote 412 buffers (2.5%)"
        )
        for n in range(150)
    ),
)
text_sample(
    "unknown",
    "message_broker",
    UNKNOWN,
    "\n".join(
        f"[2025-03-14 09:12:{n % 60:02d},101] "
        + (
            "WARN [Consumer clientId=c1] Connection to node 2 could not be established. Broker may not be available."
            if n % 9 == 0
            else "INFO [GroupCoordinator 1]: Stabilized group g1 generation 4"
        )
        for n in range(150)
    ),
)
text_sample(
    "unknown",
    "system_messages",
    UNKNOWN,
    "\n".join(
        f"Mar 14 09:{n // 60:02d}:{n % 60:02d} mgmt1 "
        + (
            "systemd[1]: apt-daily.service: Failed with result 'exit-code'."
            if n % 13 == 0
            else "ntpd[811]: Soliciting pool server 10.0.0.1"
            if n % 3
            else "CRON[812]: (root) CMD (run-parts /etc/cron.hourly)"
        )
        for n in range(200)
    ),
)
text_sample(
    "unknown",
    "java_service",
    UNKNOWN,
    "\n".join(
        "2025-03-14 09:12:01,100 ERROR o.a.h.DataNode: IOException in BlockReceiver.run()\njava.io.IOException: Connection reset by peer\n\tat sun.nio.ch.FileDispatcherImpl.read0(Native Method)"
        if n % 9 == 0
        else f"2025-03-14 09:12:01,200 INFO o.a.h.DataNode: Receiving BP-1 blk_{n} src: /10.0.0.4:4411"
        for n in range(120)
    ),
)
text_sample(
    "unknown",
    "notes_in_prose",
    UNKNOWN,
    "# 训练说明\n\n如果出现 CUDA out of memory, 请减小 batch size。\n\n- If you see `NCCL timeout`, check the network first.\n- `KeyError: 'x'` means that the config is old.\n",
)
text_sample("unknown", "nothing_at_all", UNKNOWN, "")
text_sample(
    "unknown",
    "serving_requests",
    UNKNOWN,
    "\n".join(
        f"INFO 03-14 09:12:{n % 60:02d} [loggers.py:116] Engine 000: Avg prompt throughput: {n}.1 tokens/s, Avg generation throughput: 812.2 tokens/s, Running: 12 reqs, Waiting: 0 reqs, GPU KV cache usage: 12.1%"
        for n in range(90)
    ),
)


@sample("success", Truth("completed", after="failed"), label="torch")
def watchdog_on_exit_is_late(log: Log) -> None:
    plain_steps(log, 10, 400, of=400, every=20)
    log.say("2025-03-14 12:00:00,001 - train - INFO - Training completed successfully", 0)
    log.say(watchdog(1).split("\n")[0].replace("600000", "7200000"), 1)
