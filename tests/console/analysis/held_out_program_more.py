"""Mistakes told by loggers, compilers and other languages."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    Log,
    child_failed,
    failed,
    megatron,
    sample,
    text_sample,
    traceback,
)

_SF = "Script|Framework"


@sample("program", failed(_SF, "py."))
def loguru_critical(log: Log) -> None:
    log.say("2025-03-14 09:12:05.443 | INFO     | __main__:main:12 - start")
    log.say(
        "2025-03-14 09:12:09.443 | ERROR    | __main__:<module>:90 - An error has been caught in function '<module>', process 'MainProcess' (812), thread 'MainThread' (1403):\nTraceback (most recent call last):\n\n> File \"train.py\", line 90, in <module>\n    main()\n    └ <function main at 0x7f>\n\n@@TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'"
    )


@sample("program", failed(_SF, "py."))
def json_records(log: Log) -> None:
    for at in range(10, 200, 10):
        log.say(
            f'{{"ts": "2025-03-14T09:12:{at % 60:02d}Z", "level": "info", "msg": "progress", "step": {at}, "loss": {3 - at / 200:.3f}}}'
        )
    log.say(
        '@@{"ts": "2025-03-14T09:14:05Z", "level": "error", "msg": "unhandled exception", "exc_info": "Traceback (most recent call last):\\n  File \\"train.py\\", line 9, in <module>\\n    main()\\nIndexError: list index out of range"}'
    )


@sample("program", failed("Framework", "proc.|py."))
def cpp_check_failed(log: Log) -> None:
    log.say("I20250314 09:12:05.100 812 loader.cc:88] opened 128 shards")
    log.say(
        "@@F20250314 09:12:06.100 812 loader.cc:120] Check failed: header.magic == kMagic (1195725856 vs. 860098893) \n*** Check failure stack trace: ***\n    @     0x7f google::LogMessage::Fail()\n@@Aborted (core dumped)"
    )


text_sample(
    "program",
    "chinese_message",
    failed("Framework|Script", "py."),
    "开始训练\n第 1 轮, 步 100, 损失 2.31\n"
    + traceback(
        "@@ValueError: 配置项 seq_length 必须是 128 的倍数, 实际为 1000",
        "train.py:4:main:check(cfg)  # 检查配置",
    ),
)
text_sample(
    "program",
    "triton_out_of_resources",
    failed("Framework", "build.|py."),
    traceback(
        "@@triton.runtime.errors.OutOfResources: out of resource: shared memory, Required: 262144, Hardware limit: 232448. Reducing block sizes or `num_stages` may help.",
        "ops.py:4:fwd:kernel[grid](x)",
    ),
)
text_sample(
    "program",
    "extension_does_not_build",
    failed("Framework", "build."),
    "Using /root/.cache/torch_extensions/py310_cu121 as PyTorch extensions root...\nFAILED: fused_adam_frontend.o \n/usr/bin/c++ -MMD fused_adam.cpp\n@@fused_adam.cpp:1:10: fatal error: torch/extension.h: No such file or directory\n@@ninja: build stopped: subcommand failed.\n"
    + traceback("RuntimeError: Error building extension 'fused_adam'", "ds.py:4:load:jit_load()"),
)


@sample("program", failed(_SF, "py."))
def group_of_exceptions(log: Log) -> None:
    log.say(
        '  + Exception Group Traceback (most recent call last):\n  |   File "serve.py", line 12, in <module>\n  |     asyncio.run(main())\n@@  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)\n  +-+---------------- 1 ----------------\n    | Traceback (most recent call last):\n    |   File "serve.py", line 8, in fetch\n    |     raise ValueError(\'bad shard\')\n@@    | ValueError: bad shard\n    +------------------------------------'
    )


@sample("program", failed(_SF, "py."))
def tracebacks_written_over_each_other(log: Log) -> None:
    megatron(log, 1, 3)
    frame = '  File "/workspace/pretrain.py", line 90, in <module>'
    log.say(
        "Traceback (most recent call last):\nTraceback (most recent call last):\n"
        + f"{frame}{frame}\n\n    main()\n    main()\n@@TypeErrorTypeError: : forward() missing 1 required positional argument: 'labels'forward() missing 1 required positional argument: 'labels'\n"
    )
    log.say(child_failed(1))
    log.marked[:] = [(None, log.marked[0][1], 1)]
