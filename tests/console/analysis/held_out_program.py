"""Mistakes of the program, its arguments and its surroundings."""

# ruff: noqa: E501 (lines of logs are as long as they are)

from __future__ import annotations

from tests.console.analysis.held_out import (
    COMPLETED,
    Log,
    child_failed,
    failed,
    hf_steps,
    plain_steps,
    sample,
    text_sample,
    traceback,
)

_SF = "Script|Framework"


@sample("program", failed(_SF, "py."), label="torch")
def own_exception_class(log: Log) -> None:
    plain_steps(log, 10, 100)
    log.say(
        traceback(
            "corpuskit.errors.TokenizerMismatch: vocabulary has 50257 entries, checkpoint expects 50304",
            "corpuskit/load.py:41:check:raise TokenizerMismatch(msg)",
            mark=True,
        ),
        2,
    )
    log.say(child_failed(2))


@sample("program", failed("Script", "py.keyerror"))
def raised_from_another(log: Log) -> None:
    log.say(
        traceback("@@KeyError: 'rope_theta'", "config.py:80:parse:raw['rope_theta']")
        + "\n\nThe above exception was the direct cause of the following exception:\n\n"
        + traceback(
            "@@acme.config.ConfigError: model.yaml is incomplete",
            "config.py:83:parse:raise ConfigError(path) from error",
        )
    )


@sample("program", failed(_SF, "py."))
def spawned_process_fails(log: Log) -> None:
    log.say(
        "W0314 09:12:05.1 812 torch/multiprocessing/spawn.py:160] Terminating process 813 via signal SIGTERM"
    )
    log.say(
        'Traceback (most recent call last):\n  File "main.py", line 88, in <module>\n    mp.spawn(worker, nprocs=4, args=(cfg,))\n'
        '  File "/opt/conda/lib/python3.10/site-packages/torch/multiprocessing/spawn.py", line 281, in spawn\n    return start_processes(fn)\n'
        "torch.multiprocessing.spawn.ProcessRaisedException: \n\n-- Process 2 terminated with the following error:\n"
        + traceback(
            "@@TypeError: build_model() got an unexpected keyword argument 'use_flash'",
            "main.py:31:worker:model = build_model(**cfg)",
        )
    )


@sample("program", COMPLETED)
def logged_and_survived(log: Log) -> None:
    plain_steps(log, 10, 100, of=400)
    log.say(
        "2025-03-14 10:01:12,004 - data - ERROR - could not parse document 88121, skipping it\n"
        + traceback(
            "json.decoder.JSONDecodeError: Expecting ',' delimiter: line 1 column 91 (char 90)",
            "data.py:5:parse:json.loads(line)",
        )
    )
    plain_steps(log, 110, 400, of=400)
    log.say("2025-03-14 11:01:12,004 - train - INFO - Done.")


@sample("program", failed("Script", "py.argparse", rank=0))
def unknown_argument(log: Log) -> None:
    log.say(
        "usage: pretrain_gpt.py [-h] [--num-layers NUM_LAYERS]\n                       [--hidden-size HIDDEN_SIZE]"
    )
    log.say("@@pretrain_gpt.py: error: unrecognized arguments: --use-flash-attention-v3")
    log.say(child_failed(0, code=2))


@sample("program", failed("Script", "py.|sys."))
def hydra_override(log: Log) -> None:
    log.say(
        "@@Could not override 'trainer.max_step'.\nTo append to your config use +trainer.max_step=100\n@@Key 'max_step' is not in struct\n    full_key: trainer.max_step\n    object_type=dict\n\nSet the environment variable HYDRA_FULL_ERROR=1 for a complete stack trace."
    )


@sample("program", failed("Script", "sys."))
def script_is_not_there(log: Log) -> None:
    log.say(
        "+ python /workspace/trian.py --config a.yaml\n@@python: can't open file '/workspace/trian.py': [Errno 2] No such file or directory\nsrun: error: gpu-1: task 0: Exited with exit code 2"
    )


@sample("program", failed("Script", "sys."))
def command_is_not_there(log: Log) -> None:
    log.say(
        "+ torchrun --nproc_per_node=8 train.py\n@@/var/spool/slurmd/job991/slurm_script: line 14: torchrun: command not found"
    )


@sample("program", failed("Script", "py.module|sys."), label="srun")
def library_is_not_there(log: Log) -> None:
    log.everyone(
        range(3),
        traceback(
            "@@ImportError: libcudart.so.11.0: cannot open shared object file: No such file or directory",
            "train.py:3:<module>:import apex",
        ),
    )


@sample("program", failed("Script", "py.module"))
def module_is_not_there(log: Log) -> None:
    log.say(
        traceback(
            "ModuleNotFoundError: No module named 'flash_attn_3'",
            "train.py:3:<module>:import flash_attn_3",
            mark=True,
        )
    )
    log.say(child_failed(0))
    log.marked[:] = [(None, log.marked[0][1], 0)]


text_sample(
    "program",
    "does_not_parse",
    failed("Script", "py.syntax"),
    "  File \"/workspace/train.py\", line 88\n    if step % 100 = 0:\n       ^^^^^^^^^^^^^^\n@@SyntaxError: cannot assign to expression here. Maybe you meant '==' instead of '='?",
)


@sample("program", failed("Framework", "py.assertion"), label="tee")
def megatron_assertion(log: Log) -> None:
    log.everyone(range(4), "> initializing torch distributed ...")
    log.everyone(
        range(4),
        traceback(
            "@@AssertionError: number of layers should be divisible by pipeline parallel size",
            "megatron/arguments.py:310:validate_args:assert args.num_layers % pp == 0",
        ),
    )


@sample("program", failed("Framework|Script", "proc.|py."))
def native_crash(log: Log) -> None:
    plain_steps(log, 10, 60)
    log.say(
        '@@Fatal Python error: Aborted\n\nThread 0x00007f2 (most recent call first):\n  File "/opt/tok.py", line 8 in encode_batch\n@@Aborted (core dumped)'
    )


@sample("program", failed(_SF, "py.|proc."))
def accelerate_reports_its_child(log: Log) -> None:
    hf_steps(log, 10, 60)
    log.say(
        traceback(
            "ZeroDivisionError: division by zero", "metrics.py:8:f1:2 * p * r / (p + r)", mark=True
        )
    )
    log.say(
        traceback(
            "subprocess.CalledProcessError: Command '['/opt/conda/bin/python', 'run.py', '--bf16']' returned non-zero exit status 1.",
            "../opt/conda/bin/accelerate:8:<module>:sys.exit(main())",
        )
    )


@sample("program", failed("Framework", "py.shape|py."), label="torch")
def shapes_do_not_fit(log: Log) -> None:
    log.everyone(
        (0, 1),
        traceback(
            "@@RuntimeError: mat1 and mat2 shapes cannot be multiplied (4096x1024 and 4096x4096)",
            "model.py:9:forward:self.proj(x)",
        ),
    )


@sample("program", failed(_SF, "py."))
def ray_task_error(log: Log) -> None:
    log.say("2025-03-14 09:12:05,443\tINFO tune.py:616 -- [output] This uses the new output engine")
    log.say(
        'Traceback (most recent call last):\n  File "tune.py", line 44, in <module>\n    ray.get(ref)\n'
        "@@ray.exceptions.RayTaskError(ValueError): ray::fit() (pid=412, ip=10.0.4.7)\n"
        '  File "fit.py", line 9, in fit\n    raise ValueError(f"unknown optimizer {name}")\n@@ValueError: unknown optimizer adamww'
    )


@sample("program", failed("Script|Framework", "py."))
def validated_configuration(log: Log) -> None:
    log.say(
        traceback(
            "@@pydantic_core._pydantic_core.ValidationError: 2 validation errors for TrainConfig\nlr\n  Input should be a valid number [type=float_parsing, input_value='3e-4x', input_type=str]",
            "cfg.py:9:load:TrainConfig(**raw)",
        )
    )


text_sample(
    "program",
    "click_option",
    failed("Script", "py.argparse|py."),
    "Usage: train [OPTIONS] CONFIG\nTry 'train --help' for help.\n\n@@Error: No such option: --lr-scehdule (Possible options: --lr-schedule)",
)
text_sample(
    "program",
    "absl_flag",
    failed("Script", "py.argparse|py."),
    "@@FATAL Flags parsing error: Unknown command line flag 'batchsize'. Did you mean: batch_size ?\nPass --helpshort or --helpfull to see help on flags.",
)
text_sample(
    "program",
    "bash_unset",
    failed("Script", "sys."),
    "+ set -u\n@@run.sh: line 31: DATA_ROOT: unbound variable",
)


@sample("program", failed("Script", "py.key"))
def rich_traceback(log: Log) -> None:
    log.say(
        "╭─────────────────────────────── Traceback (most recent call last) ────────────────────────────────╮\n│ /workspace/train.py:88 in main                                                                   │\n│ ❱ 88     lr = cfg['optim']['lr']                                                                 │\n╰──────────────────────────────────────────────────────────────────────────────────────────────────╯\n@@KeyError: 'optim'"
    )
