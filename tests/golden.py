"""Reads and writes the golden sources: for each expression, what is emitted for each library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "golden"


@dataclass(frozen=True)
class Golden:
    """An expression with operands of certain shapes and one dtype, under the name of its file."""

    name: str
    text: str
    shapes: tuple[tuple[int, ...], ...]
    dtype: str = "float64"
    sizes: tuple[tuple[str, int], ...] = ()

    def path(self, library: str) -> Path:
        return FOLDER / library / f"{self.name}.py"


TEXTBOOK = [
    Golden("transpose", "ij->ji", ((2, 3),)),
    Golden("diagonal", "ii->i", ((3, 3),)),
    Golden("trace", "ii->", ((3, 3),)),
    Golden("sum", "ij->", ((2, 3),)),
    Golden("row_sums", "ij->i", ((2, 3),)),
    Golden("dot", "i,i->", ((3,), (3,))),
    Golden("elementwise", "i,i->i", ((3,), (3,))),
    Golden("inner", "ij,ij->", ((2, 3), (2, 3))),
    Golden("matrix_vector", "ij,j->i", ((2, 3), (3,))),
    Golden("matrix_matrix", "ik,kj->ij", ((2, 3), (3, 4))),
    Golden("batched", "bik,bkj->bij", ((5, 2, 3), (5, 3, 4))),
]

OTHERS = [
    Golden("identity", "ij->ij", ((2, 3),)),
    Golden("rotation", "abc->cab", ((2, 3, 4),)),
    Golden("column_sums", "ij->j", ((2, 3),)),
    Golden("outer", "i,j->ij", ((2,), (3,))),
    Golden("outer_transposed", "i,j->ji", ((2,), (3,))),
    Golden("scale", ",ij->ij", ((), (2, 3))),
    Golden("vector_matrix", "i,ij->j", ((2,), (2, 3))),
    Golden("product_transposed", "ij,jk->ki", ((2, 3), (3, 4))),
    Golden("both_transposed", "ki,jk->ij", ((3, 2), (4, 3))),
    Golden("chain", "ij,jk,kl->il", ((8, 512), (512, 4), (4, 256))),
    Golden("attention_scores", "bhqd,bhkd->bhqk", ((2, 3, 4, 5), (2, 3, 6, 5))),
    Golden("attention_heads_last", "bqhd,bkhd->bhqk", ((2, 4, 3, 5), (2, 6, 3, 5))),
    Golden("projection", "bti,ij->btj", ((2, 3, 4), (4, 5))),
    Golden("bilinear", "bi,oij,bj->bo", ((6, 2), (3, 2, 4), (6, 4))),
    Golden("row_dots", "bi,bi->b", ((5, 3), (5, 3))),
    Golden("diagonal_product", "iij,jk->ik", ((3, 3, 4), (4, 2))),
    Golden("broadcast", "ij,ij->ij", ((1, 3), (2, 3))),
    Golden("broadcast_summed", "ij,ij->i", ((2, 3), (2, 1))),
    Golden("ellipsis", "...ij,...jk", ((5, 1, 2, 3), (7, 3, 4))),
    Golden("words", "batch row k, batch k col -> batch row col", ((2, 3, 4), (2, 4, 5))),
    Golden("heads_split", "b t (h d) -> b h t d", ((2, 3, 8),), sizes=(("h", 2),)),
    Golden("heads_merged", "b h t d -> b t (h d)", ((2, 3, 4, 5),)),
    Golden("heads_projected", "b t (h d), h d out -> b t out", ((2, 3, 8), (2, 4, 5))),
    Golden("ellipsis_merged", "... d, m d -> (...) m", ((2, 3, 4), (5, 4))),
    Golden("literal_ones", "b 1 c -> c 1 b 1", ((2, 1, 3),)),
    Golden("embedded", "i->ii", ((3,),)),
    Golden("embedded_product", "ij,jk->iki", ((2, 3), (3, 4))),
    Golden("integers", "ij,jk->i", ((2, 3), (3, 4)), "int32"),
    Golden("bools", "ij,jk->ik", ((2, 3), (3, 4)), "bool"),
    Golden("integers_in_floats", "ij,jk->ik", ((300, 200), (200, 100)), "int8"),
    Golden("integers_in_doubles", "bij,bkj->bik", ((8, 100, 200), (8, 90, 200)), "int16"),
    Golden("bools_in_floats", "ij,jk->ik", ((300, 200), (200, 100)), "bool"),
    Golden("products", "ij,ij,ji->ij", ((4, 3), (4, 3), (3, 4))),
    Golden("any", "ij->i", ((2, 3),), "bool"),
    Golden("halves", "ij,jk->ik", ((2, 3), (3, 4)), "float16"),
]
