"""The spelling of the array API standard, for every library that follows it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

from einc.backends.spelling import INTEGERS, Backend, Narrow, Pace, Rates

NAMESPACES = 64  # remembered

_RATES = Rates(
    call=5e-7,
    general=5e-7,
    summing=5e-7,
    vectors=5e-7,
    view=5e-7,
    macs=7e10,
    macs_of={},
    half_speed=6.0,
    columns=0.0,
    matrix=3e-8,
    vector=1e-8,
    tiny=0.0,
    narrow=Narrow(columns=0, row=0.0, element=0.0, one=False),
    near=2e9,
    warm=2**20,
    turning=2.5e9,
    copying=Pace(run=2e-9, block=1e-8, strided=3e-10),
    multiplying=Pace(run=3e-9, block=1e-8, strided=3e-10),
    vecdot=4e9,
    dotting=Pace(run=5e-9, block=0.0, strided=1e-9),
    loop=0.0,
    loop_of={},
    large=math.inf,
    copies_operands=True,
)

_ARRAY_API = Backend(
    name="",
    imports="",
    cast="xp.astype({x}, xp.{dtype})",
    sum="xp.sum({x}, axis={axes}{dtype})",
    any="xp.any({x}, axis={axes})",
    sum_in_type="dtype=xp.{dtype}",
    trace="xp.linalg.trace({x})",
    diagonal="xp.linalg.diagonal({last})",
    reshape="xp.reshape({x}, ({sizes},))",
    insert=None,
    drop=None,
    copy="xp.asarray({x}, copy=True)",
    contiguous="xp.asarray({x}, copy=True)",  # the standard knows no other order in memory
    embed="xp.where(xp.eye({x}.shape[-1]) != 0, {x}[..., None], xp.zeros((), dtype={x}.dtype))",
    permute="xp.permute_dims({x}, ({axes}))",
    transpose="{x}.T",
    swap_last="{x}.mT",
    multiply="xp.multiply({x}, {y})",
    first_factor=False,
    multiply_over=None,
    matmul={},
    matmul_any="xp.matmul({x}, {y})",
    hint="Any",
    scalar_hint="Any",
    hint_tools=("from typing import Any",),
    hint_imports=(),
    loop_tools=(),
    loop_imports=(),
    before_loop=(),
    slices=False,  # arrays of some of these libraries never change
    zeros="",
    add_to="",
    scalar=None,
    vecdot="xp.vecdot({x}, {y})",
    expand=None,
    loop=None,
    looped=frozenset(),
    strict_matmuls=frozenset(),
    dtype="xp.{dtype}",
    guard_imports=(),
    tests=("{x}.__array_namespace__() is xp",),
    matmul_tests=(),
    watched=None,
    autocasts=None,
    dtype_test="{x}.dtype == {dtype}",
    strides=None,
    unfreeze=None,
    most_axes=64,
    rates=_RATES,
    default_dtype="float32",  # the one that all have
    dtypes=INTEGERS
    | {"bool", "float16", "bfloat16", "float32", "float64", "complex64", "complex128"},  # of the standard, and two more
    names={},
    # The standard has no arithmetic with bool; libraries differ in what they sum half types in.
    compute_in={"bool": "float32", "float16": "float32", "bfloat16": "float32"},
    multiply_matrices_in={},
    exact=(),  # some of these libraries round the factors of matrix products, or know no float64
)


@lru_cache(maxsize=NAMESPACES)
def array_api(namespace: str) -> Backend:
    """The table of the library whose namespace is the module of this name."""
    return replace(_ARRAY_API, name=namespace, imports=f"import {namespace} as xp")
