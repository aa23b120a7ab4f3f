"""Who works in the tenant, on what, and how their jobs are called."""

from __future__ import annotations

PROJECTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("foundation-models", ("li.wei", "chen.yu", "m.okafor")),
    ("vision", ("sun.hao", "e.rossi")),
    ("speech", ("zhao.min", "k.tanaka")),
    ("autonomous-driving", ("wang.fang", "d.novak", "p.silva")),
    ("recommendation", ("xu.jing", "a.haddad")),
    ("robotics", ("h.larsen", "liu.yang")),
    ("medical-imaging", ("s.iyer", "gao.lin")),
    ("evaluation", ("j.moreau", "t.mbeki")),
)

OWNERS: tuple[tuple[str, str], ...] = tuple(
    (owner, project) for project, owners in PROJECTS for owner in owners
)

SMALL_NAMES = (
    "eval-mmlu", "finetune-lora", "probe-heads", "tokenize-shard", "debug-loader", "ablate-lr",
    "distill-tiny", "embed-corpus", "score-reward", "notebook",
)  # fmt: skip
MIDDLE_NAMES = (
    "sft-7b", "dpo-7b", "vit-l-pretrain", "asr-conformer", "bev-fusion", "rank-dlrm",
    "policy-ppo", "segment-3d", "reward-13b",
)  # fmt: skip
LARGE_NAMES = (
    "pretrain-70b", "pretrain-moe-8x22b", "continue-34b", "long-context-70b", "pretrain-180b",
    "world-model-20b",
)  # fmt: skip
SWEEP_NAMES = ("sweep", "hpo", "grid")

FRAMEWORKS = ("pytorch", "pytorch", "pytorch", "megatron", "deepspeed", "jax", "mindspore")
