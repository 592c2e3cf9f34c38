"""NumPy's spelling of the primitives."""

from __future__ import annotations

from einc.backends.spelling import INTEGERS, Backend, Exact, Narrow, Pace, Rates

_LOOPS = {8: 2.5e10, 16: 2.5e10, 32: 8e9, 64: 2.7e9}  # multiply-adds a second of integers, by their bits

_RATES = Rates(
    call=2.7e-7,
    general=7.5e-7,
    summing=6.5e-7,
    vectors=6.5e-7,
    view=1.5e-7,
    macs=7e10,
    macs_of={**dict.fromkeys(INTEGERS, 1.5e9), "bool": 3e9},
    half_speed=6.0,
    columns=0.0,
    matrix=3e-8,
    vector=1e-8,
    tiny=0.0,
    narrow=Narrow(columns=8, row=2.5e-9, element=0.0, one=False),
    near=2e9,
    warm=2**20,
    turning=2.5e9,
    copying=Pace(run=2.6e-9, block=1.6e-9, strided=1.6e-10),
    multiplying=Pace(run=5e-9, block=8e-9, strided=2.9e-10),
    vecdot=8e9,
    dotting=Pace(run=1e-8, block=0.0, strided=8e-10),
    loop=3.5e9,
    loop_of={
        **{name: _LOOPS[int(name.lstrip("uint"))] for name in INTEGERS},
        **{"bool": 1e9, "float64": 3e9, "complex64": 1e9, "complex128": 1e9},
    },
    large=2**14,  # dot fills its result with zeros first
    copies_operands=False,
)

NUMPY = Backend(
    name="numpy",
    imports="import numpy as np",
    cast="{x}.astype(np.{dtype})",
    sum="{x}.sum({arguments})",
    any="{x}.any({arguments})",
    sum_in_type="dtype=np.{dtype}",
    trace="{x}.trace()",
    diagonal="{x}.diagonal({axes})",
    reshape="{x}.reshape({sizes})",
    insert=None,
    drop=None,
    copy="{x}.copy()",
    contiguous='np.asarray({x}, order="C")',
    embed="np.where(np.eye({x}.shape[-1], dtype=bool), {x}[..., None], np.zeros((), {x}.dtype))",
    permute="{x}.transpose({axes})",
    transpose="{x}.T",
    swap_last="{x}.mT",
    multiply="np.multiply({x}, {y})",  # the operator would warn where 0-d integers wrap
    first_factor=False,
    multiply_over="np.multiply({x}, {y}, out={x})",
    # dot is the quicker call where it means the same
    matmul=dict.fromkeys(((1, 1), (2, 1), (2, 2)), "{x}.dot({y})"),
    matmul_any="np.matmul({x}, {y})",
    hint="NDArray[np.{dtype}]",
    scalar_hint="np.{dtype}",
    hint_tools=(),
    hint_imports=("from numpy.typing import NDArray",),
    loop_tools=(),
    loop_imports=(),
    before_loop=(),
    slices=True,
    zeros="np.zeros({shape}, {x}.dtype)",
    add_to="np.add({x}, {y}, out={x})",
    scalar="{x} = {x}[()]",
    vecdot="np.vecdot({x}, {y})",
    expand=None,
    # what np.einsum calls for one or two operands; users may have put einc in the place of that
    loop='np._core.multiarray.c_einsum("{text}", {operands})',
    # in longer types it writes where it must not; objects are left to their own arithmetic
    looped=INTEGERS | {"bool", "float32", "float64", "complex64", "complex128"},
    strict_matmuls=frozenset(),
    dtype="np.dtype(np.{dtype})",
    guard_imports=(),
    tests=("type({x}) is np.ndarray",),
    matmul_tests=(),
    watched=None,
    autocasts=None,
    dtype_test="({x}.dtype is {dtype} or {x}.dtype == {dtype})",  # what was pickled brings a dtype of its own
    strides="{x}.strides",
    unfreeze="{x}.flags.writeable = {y}.flags.writeable",
    most_axes=64,
    rates=_RATES,
    default_dtype="float64",
    dtypes=INTEGERS
    | {"bool", "object", "float16", "float32", "float64", "complex64", "complex128"}
    | {"float96", "float128", "complex192", "complex256"},  # long doubles, by platform
    names={"object": "object_"},
    compute_in={"float16": "float32"},
    multiply_matrices_in={},
    exact=(Exact("float32", 2**24, 2**24), Exact("float64", 2**53, 2**53)),
)
