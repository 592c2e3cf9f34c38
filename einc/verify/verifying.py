"""Holding a function to the definition, problem by problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from einc.backends import NUMPY, TORCH, Backend
from einc.backends.spelling import category
from einc.errors import EincError, no_problems, not_a_seed
from einc.expression import Written
from einc.operands import dtype_name, kind_of, promoted
from einc.options import Options
from einc.verify.definition import definition
from einc.verify.problems import Problem, problem
from einc.verify.verification import Failure, Verification

DTYPES = (
    *("float64", "float32", "float16", "complex128", "complex64"),
    *("int64", "int32", "int16", "int8", "uint8", "bool"),
)
OF_LIBRARY = {NUMPY.name: DTYPES, TORCH.name: (*DTYPES, "bfloat16")}
# What rounding may do, relative to the sum of the absolute values of all terms.
ROUNDING = {
    **{"bfloat16": 1e-1, "float16": 1e-2, "float32": 1e-5, "complex64": 1e-5},
    **{"float64": 1e-12, "complex128": 1e-12},
}
EXACTLY = 1e-12  # what longer types are compared to
UNDERFLOW = {"float16": 1e-3}  # beside it, what is too small to be told from zero
DIFFERENTIATED = frozenset({"float32", "float64"})


class Finding(NamedTuple):
    """What was compared: the errors, in what rounding may do, of values and of gradients; and what was wrong."""

    values: tuple[float, ...] = ()
    gradients: tuple[float, ...] = ()
    wrong: tuple[str, ...] = ()


def verification(call: Callable[..., Any], text: Written, options: Options, n: int, seed: int) -> Verification:
    """Compare a function with the definition of its text, on `n` random problems."""
    if n < 1:
        raise no_problems(n)
    if seed < 0:
        raise not_a_seed(seed)
    libraries = [table.name for table in (NUMPY, TORCH) if find_spec(table.name) and _has(table, options.dtype)]
    findings: list[Finding] = []
    failures: list[Failure] = []
    seen: dict[str, None] = {}
    for number in range(n):
        library = libraries[(seed + number) % len(libraries)]
        dtypes = OF_LIBRARY[library] if options.dtype is None else (options.dtype,)
        drawn = problem(text, options, dtypes, seed + number)
        arrays = [_of_library(array, dtype, library) for array, dtype in zip(drawn.operands, drawn.dtypes)]
        names = tuple(dtype_name(array.dtype) for array in arrays)
        seen.update(dict.fromkeys(names))
        findings.append(_finding(call, drawn, arrays, options))
        shapes = tuple(tuple(array.shape) for array in arrays)
        failures += [Failure(library, shapes, names, what, seed + number) for what in findings[-1].wrong]
    errors = [error for finding in findings for error in (*finding.values, *finding.gradients)]
    return Verification(
        expression=text.text,
        values=sum(len(finding.values) for finding in findings),
        gradients=sum(len(finding.gradients) for finding in findings),
        libraries=tuple(libraries[:n]),
        dtypes=tuple(sorted(seen, key=OF_LIBRARY[TORCH.name].index)) if options.dtype is None else tuple(seen),
        worst=float(max(errors, default=0.0)),
        failures=tuple(failures),
    )


def _has(table: Backend, dtype: str | None) -> bool:
    return dtype is None or dtype in table.dtypes


def _of_library(array: Any, dtype: str, library: str) -> Any:
    if library == NUMPY.name:
        return array
    torch = import_module(TORCH.name)
    return torch.from_numpy(array).to(getattr(torch, dtype))


def _finding(call: Callable[..., Any], drawn: Problem, arrays: Sequence[Any], options: Options) -> Finding:
    """What comes of one problem; whatever a call raises that is no complaint is wrong."""
    wanted = options.dtype or promoted(kind_of(arrays))
    try:
        finding = _compared(call(*arrays), drawn, arrays, wanted)
        if kind_of(arrays).library == TORCH.name and {dtype_name(x.dtype) for x in arrays} <= DIFFERENTIATED:
            differentiated = _differentiated(call, drawn, arrays, wanted)
            finding = Finding(finding.values, differentiated.gradients, finding.wrong + differentiated.wrong)
    except EincError:
        raise
    except Exception as problem:  # a wrong program may raise anything
        return Finding(wrong=(f"{type(problem).__name__}: {problem}",))
    return finding


def _compared(result: Any, drawn: Problem, arrays: Sequence[Any], wanted: str) -> Finding:
    """A result beside the definition: exactly, or in float64 within what rounding may do."""
    exact = category(wanted) != "inexact"
    operands = [_numpy(array) for array in arrays]
    wide = wanted if exact else "complex128" if wanted.startswith("complex") else "float64"
    right = definition(drawn.expression, [x.astype(wide) for x in operands], drawn.sizes)
    found = dtype_name(result.dtype)
    if found != wanted or tuple(result.shape) != tuple(right.shape):
        told = f"{found}{list(result.shape)} instead of {wanted}{list(right.shape)}"
        return Finding((0.0,), wrong=(told,))
    error = np.abs(_numpy(result) != right if exact else _numpy(result).astype(wide) - right)
    if exact:
        return Finding((float(error.any()),), wrong=("other values",) if error.any() else ())
    scale = definition(drawn.expression, [np.abs(x.astype(wide)) for x in operands], drawn.sizes)
    worst = _worst(error, scale * ROUNDING.get(wanted, EXACTLY) + UNDERFLOW.get(wanted, 0.0))
    return Finding((worst,), wrong=() if worst <= 1 else (f"values {worst:.2g} times what rounding may do apart",))


def _differentiated(call: Callable[..., Any], drawn: Problem, arrays: Sequence[Any], wanted: str) -> Finding:
    """Gradients beside those of the definition in float64, each by torch's autograd."""
    torch = import_module(TORCH.name)
    weights = torch.as_tensor(np.random.default_rng(0).uniform(-1, 1, tuple(call(*arrays).shape)))

    def gradients(function: Callable[..., Any], operands: Sequence[Any], by: Any) -> Sequence[Any]:
        leaves = [operand.detach().clone().requires_grad_() for operand in operands]
        total = (function(*leaves) * by).sum()
        found = torch.autograd.grad(total, leaves, allow_unused=True)
        return [torch.zeros_like(x) if one is None else one for x, one in zip(leaves, found)]

    def defined(*operands: Any) -> Any:
        return definition(drawn.expression, operands, drawn.sizes)

    wide = [array.double() for array in arrays]
    right = gradients(defined, wide, weights)
    scales = gradients(defined, [array.abs() for array in wide], weights.abs())
    found = gradients(call, arrays, weights.to(getattr(torch, wanted)))
    errors = []
    for own, best, scale, array in zip(found, right, scales, arrays):
        rounding = max(ROUNDING[wanted], ROUNDING[dtype_name(array.dtype)])
        errors.append(_worst(_numpy(own.double() - best), _numpy(scale) * rounding))
    wrong = [f"the gradient of operand {n} {error:.2g} times" for n, error in enumerate(errors) if not error <= 1]
    return Finding(gradients=tuple(errors), wrong=tuple(f"{told} what rounding may do apart" for told in wrong))


def _numpy(array: Any) -> Any:
    """As a NumPy array, in a type that NumPy has."""
    if not hasattr(array, "detach"):
        return np.asarray(array)
    array = array.detach().resolve_conj().resolve_neg()
    return (array.float() if dtype_name(array.dtype) == "bfloat16" else array).numpy()


def _worst(error: Any, allowed: Any) -> float:
    """The largest error in units of what is allowed; where nothing is, none or infinity."""
    error, allowed = np.abs(error).ravel(), np.abs(allowed).ravel()
    if not error.size:
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error == 0, 0.0, error / allowed)
    return float(np.inf if np.isnan(ratio).any() else ratio.max())
