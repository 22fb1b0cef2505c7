"""Fits the net: cell by cell, on marked photographs and drawn pictures."""

from __future__ import annotations

import copy
import math
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from .network import Network
from .samples import Sample, Source, sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast to learn. Rates are those of AdamW, and fall along a cosine."""

    steps: int = 600
    batch: int = 16
    head_rate: float = 1e-3
    body_rate: float = 1e-4
    decay: float = 1e-3
    averaged: float = 0.99
    seed: int = 0


def fit(network: Network, pools: Sequence[tuple[float, Sequence[Sequence[Source]]]], plan: Plan) -> Network:
    """Return the running average of the net's weights over the fit; the net itself is changed."""
    torch.manual_seed(plan.seed)
    network.train().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
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
    for step, (images, targets, weights) in enumerate(_batches(pools, plan)):
        heat = network(images)[:, 0]
        cells = F.binary_cross_entropy_with_logits(heat, targets, reduction="none") * weights
        loss = cells.sum() / weights.sum()
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
    return average


def _batches(
    pools: Sequence[tuple[float, Sequence[Sequence[Source]]]], plan: Plan
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield the batches of a fit, the next one made while the last is learned from."""

    def make(step: int) -> list[Sample]:
        chance = random.Random(f"{plan.seed} {step}")
        return [sample(chance, pools) for _ in range(plan.batch)]

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
