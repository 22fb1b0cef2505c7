"""Fit the net: cell by cell, on marked photographs and drawn pictures."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from .network import Network
from .samples import Sample, Source, sample

HOTTEST = 0.02
"""Share of a sample's cells that make up its logit."""

Pools: TypeAlias = Sequence[Sequence[Sequence[Source]]]
"""Photographs, drawn failures, drawn good prints; the entries of each are copies of one original."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast to learn, and from what.

    `mix` are the shares of photographs, drawn failures and drawn good prints. Rates are those of AdamW,
    and fall along a cosine. `whole` weighs the loss of whole samples against that of their cells.
    """

    steps: int
    mix: tuple[float, float, float]
    whole: float = 0.0
    batch: int = 16
    head_rate: float = 1e-3
    body_rate: float = 1e-4
    decay: float = 1e-3
    averaged: float = 0.99
    seed: int = 0


def fit(network: Network, pools: Pools, plan: Plan) -> Network:
    """Return the running average of the net's weights over the fit; the net itself is changed."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.train().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    half = torch.autocast(device.type, torch.bfloat16, enabled=_has_bfloat16(device))
    average = copy.deepcopy(network).eval()
    optimizer = torch.optim.AdamW(
        [{"params": network.head(), "lr": plan.head_rate}, {"params": network.body(), "lr": plan.body_rate}],
        weight_decay=plan.decay,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min(1.0, (step + 1) / 20) * (0.5 + 0.5 * math.cos(math.pi * step / plan.steps) + 0.01),
    )
    began, losses = time.monotonic(), []
    for step, batch in enumerate(_batches(pools, plan)):
        images, targets, weights = (part.to(device) for part in batch)
        with half:
            heat = network(images)[:, 0].float()
        cells = F.binary_cross_entropy_with_logits(heat, targets, reduction="none") * weights
        loss = cells.sum() / weights.sum() + plan.whole * _of_samples(heat, targets, weights)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        kept = min(plan.averaged, (step + 1) / (step + 10))
        with torch.no_grad():
            for mean, now in zip(average.parameters(), network.parameters(), strict=True):
                mean.lerp_(now, 1 - kept)
        if (step + 1) % 40 == 0:
            spent = time.monotonic() - began
            print(
                f"step {step + 1} of {plan.steps}, loss {np.mean(losses[-40:]):.4f}, {spent:.0f} s",
                flush=True,
            )
    return average.cpu()


def _of_samples(heat: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Return the loss of the hottest cells' mean, by which a whole picture is judged later."""
    counted = heat.masked_fill(weights == 0, -30.0).flatten(1)
    hottest = counted.topk(round(HOTTEST * counted.shape[1]), 1).values.mean(1)
    failed = targets.flatten(1).amax(1)
    # A sample without mess is as sure as the least sure of its pieces.
    sureness = torch.where(
        failed > 0, 1.0, weights.flatten(1).masked_fill(weights.flatten(1) == 0, 1.0).amin(1)
    )
    losses = F.binary_cross_entropy_with_logits(hottest, failed, reduction="none")
    return (losses * sureness).sum() / sureness.sum()


def _has_bfloat16(device: torch.device) -> bool:
    """Return whether half precision is faster there: on every GPU of today, and on some processors."""
    if device.type != "cpu":
        return True
    description = Path("/proc/cpuinfo")
    return description.exists() and "avx512_bf16" in description.read_text()


def _batches(pools: Pools, plan: Plan) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield the batches of a fit, the next one made while the last is learned from."""
    shared_out = list(zip(plan.mix, pools, strict=True))

    def make(step: int) -> list[Sample]:
        chance = random.Random(f"{plan.seed} {step}")
        return [sample(chance, shared_out) for _ in range(plan.batch)]

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(make, 0)
        for step in range(plan.steps):
            samples, coming = coming.result(), pool.submit(make, step + 1)
            images = np.stack([one.image.transpose(2, 0, 1) for one in samples]).astype(np.float32)
            yield (
                (torch.from_numpy(images) / 128 - 1).contiguous(memory_format=torch.channels_last),
                torch.from_numpy(np.stack([one.target for one in samples])),
                torch.from_numpy(np.stack([one.weight for one in samples])),
            )
