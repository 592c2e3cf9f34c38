"""torch's spelling of the primitives."""

from __future__ import annotations

import math
from dataclasses import replace

from einc.backends.spelling import INTEGERS, Backend, Exact, Narrow, Pace, Rates

_MATMULS = {
    (1, 1): "{x}.dot({y})",
    (2, 1): "{x}.mv({y})",
    (2, 2): "{x}.mm({y})",
    (3, 3): "{x}.bmm({y})",
}

_RATES = Rates(
    call=9e-7,
    general=2.9e-6,
    summing=1.5e-6,
    vectors=1.5e-6,
    view=7.5e-7,
    macs=9e10,
    macs_of={"uint8": 4e10, "int8": 4e10, "int16": 3.5e10, "int32": 1.7e10, "int64": 1.3e10},
    half_speed=6.0,
    columns=64.0,
    matrix=8e-8,
    vector=1.8e-8,
    tiny=400.0,
    narrow=Narrow(columns=16, row=4e-9, element=1e-9, one=True),
    near=2e9,
    warm=2**20,
    turning=math.inf,
    copying=Pace(run=5e-10, block=2.4e-8, strided=4.7e-10),
    multiplying=Pace(run=1.5e-9, block=3e-8, strided=3.5e-10),
    vecdot=4e9,
    dotting=Pace(run=4.5e-9, block=0.0, strided=1e-9),
    loop=0.0,
    loop_of={},
    large=math.inf,
    copies_operands=True,
)

# Those of a present server's GPU. Nothing is measured: `macs`, `macs_of` and `near` are 60 to 80 % of what the data
# sheets of H100 and H200 promise; what a call, a tile, a turned run and a matrix of a batch take is estimated.
_CUDA_RATES = Rates(
    call=5e-6,
    general=8e-6,
    summing=6e-6,
    vectors=1.1e-5,  # two kernels: a product, and its sum
    view=1e-6,
    macs=2.5e13,  # without TensorFloat32, as torch comes
    macs_of={
        **dict.fromkeys(INTEGERS, 1.0),  # which have no matrix product there: any other way is quicker
        **{"float16": 3e14, "bfloat16": 3e14, "float64": 2.5e13, "complex64": 6e12, "complex128": 6e12},
    },
    half_speed=32.0,  # a kernel's tile is 64 to 128 long
    columns=0.0,
    matrix=1.5e-9,
    vector=2e-10,
    tiny=0.0,
    narrow=Narrow(columns=0, row=0.0, element=0.0, one=False),
    near=5e11,
    warm=2**20,
    turning=math.inf,
    copying=Pace(run=6.7e-12, block=0.0, strided=6.7e-12),
    multiplying=Pace(run=0.0, block=0.0, strided=3.3e-12),
    vecdot=2.5e11,
    dotting=Pace(run=0.0, block=0.0, strided=3.3e-12),
    loop=0.0,
    loop_of={},
    large=math.inf,
    copies_operands=True,
)

TORCH = Backend(
    name="torch",
    imports="import torch",
    cast="{x}.to(torch.{dtype})",
    sum="{x}.sum({arguments})",
    any="{x}.any({arguments})",
    sum_in_type="dtype=torch.{dtype}",
    trace="{x}.trace()",
    diagonal="{x}.diagonal({axes})",
    reshape="{x}.reshape({sizes})",
    insert="{x}.unsqueeze({axis})",
    drop="{x}.squeeze({axis})",
    copy="{x}.clone()",
    contiguous="{x}.contiguous()",
    embed="torch.diag_embed({x})",
    permute="{x}.permute({axes})",
    transpose="{x}.t()",
    swap_last="{x}.mT",
    multiply="{x} * {y}",
    first_factor=True,
    multiply_over=None,  # a graph of gradients may need what would be written over
    matmul=_MATMULS,
    matmul_any="torch.matmul({x}, {y})",
    hint="torch.Tensor",
    scalar_hint="torch.Tensor",
    hint_tools=(),
    hint_imports=(),
    loop_tools=("from functools import partial",),
    loop_imports=("from torch.utils.checkpoint import checkpoint",),
    before_loop=(
        "if torch.is_grad_enabled() and any(x.requires_grad for x in ({operands})):",
        "    if not torch._C._are_functorch_transforms_active():  # which keep what they need themselves",
        "        part = partial(checkpoint, part, use_reentrant=False)",
    ),
    slices=True,
    zeros="{x}.new_zeros({shape})",
    add_to="{x}.add_({y})",
    scalar=None,
    vecdot="torch.linalg.vecdot({x}, {y})",
    expand="{x}.expand({size}, -1, -1)",
    loop=None,
    looped=frozenset(),
    strict_matmuls=frozenset(_MATMULS),
    dtype="torch.{dtype}",
    guard_imports=(
        "from torch.autograd import profiler",
        "from torch.utils import _python_dispatch as modes",
        "is_autocast = torch._C._is_any_autocast_enabled",  # the quickest question of this kind
    ),
    tests=(),
    matmul_tests=("{x}.is_cpu",),  # that of a tensor that has values with one that has none does not fail
    # Flags of modules, which cost next to nothing to read. Tracers are modes; to them, no size may be compared.
    watched="modes._is_in_torch_dispatch_mode or profiler._is_profiler_enabled",
    autocasts="is_autocast()",
    dtype_test="{x}.dtype is {dtype}",
    strides="{x}.stride()",
    unfreeze=None,
    most_axes=64,
    rates=_RATES,
    default_dtype="float32",
    dtypes=frozenset(
        {"bool", "uint8", "int8", "int16", "int32", "int64"}
        | {"float16", "bfloat16", "float32", "float64", "complex32", "complex64", "complex128"}
    ),
    names={},
    compute_in={"complex32": "complex64"},  # float16 beside a 0-d complex number; it has no sums
    multiply_matrices_in={"bool": "float32"},
    # Settings of torch may have it round the factors of float32 products to bfloat16 or TensorFloat32.
    exact=(Exact("float32", 2**8, 2**24), Exact("float64", 2**53, 2**53)),
)

TORCH_ON_CUDA = replace(TORCH, rates=_CUDA_RATES, matmul_tests=("{x}.is_cuda",))
TORCH_ELSEWHERE = replace(TORCH, matmul_tests=("not {x}.is_meta",))
