"""How long calls take on a device, in turns, each round in a new order."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from time import perf_counter

import torch

from benchmarks.cuda.device import CUDA

Call = Callable[[int], object]  # with a running number, by which it takes other operands each time

BLOCK = 4e-4  # seconds between two events, at least: many short calls, or one long one
TURNS = 0.06  # seconds that a competitor gets in all
FEWEST, MOST = 9, 60  # rounds
WARM = 3  # calls before the first is timed
SMOKE = 3  # rounds, where nothing is measured


@dataclass(frozen=True)
class Timing:
    """The median time of a call, and the quartiles of all rounds."""

    microseconds: float
    low: float
    high: float


def turns(calls: Mapping[str, Call], device: str, seed: int = 0) -> dict[str, Timing]:
    """Time calls beside each other.

    On a CUDA device a turn is a block of calls between two events, right after an untimed one: that keeps the
    device busy while the host gets ahead, so that host time counts only where it is what takes longest.

    Args:
        calls: by name; each must have been called before.
        device: `"cuda"`, or `"cpu"`, where nothing is measured.
        seed: of the order in which they take turns.
    """
    repeat = {name: _repetitions(call, device) for name, call in calls.items()}
    block = max(seconds for _, seconds in repeat.values())
    rounds = min(MOST, max(FEWEST, math.ceil(TURNS / block))) if device == CUDA else SMOKE
    times: dict[str, list[float]] = {name: [] for name in calls}
    shuffle, number, order = random.Random(seed).shuffle, count(), list(calls)
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            times[name].append(_block(calls[name], repeat[name][0], number, device) / repeat[name][0])
    return {name: timing(own) for name, own in times.items()}


def timing(seconds: list[float]) -> Timing:
    """Of all rounds."""
    low, middle, high = statistics.quantiles(seconds, n=4, method="inclusive")
    return Timing(middle * 1e6, low * 1e6, high * 1e6)


def _repetitions(call: Call, device: str) -> tuple[int, float]:
    """How many calls make a block, and the seconds that it takes, about."""
    for number in range(WARM):
        call(number)
    _wait(device)
    start = perf_counter()
    for number in range(WARM):
        call(number)
    _wait(device)
    once = max((perf_counter() - start) / WARM, 1e-6)
    repeat = max(1, math.ceil(BLOCK / once)) if device == CUDA else 1
    return repeat, repeat * once


def _block(call: Call, repeat: int, number: count[int], device: str) -> float:
    """The seconds of a block, which has ended when they are told: the next one finds the device idle."""
    call(next(number))
    if device != CUDA:
        start = perf_counter()
        for _ in range(repeat):
            call(next(number))
        return perf_counter() - start
    begun, ended = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    begun.record()
    for _ in range(repeat):
        call(next(number))
    ended.record()
    ended.synchronize()
    return float(begun.elapsed_time(ended)) / 1e3


def _wait(device: str) -> None:
    if device == CUDA:
        torch.cuda.synchronize()
