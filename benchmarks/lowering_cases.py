"""Expressions of the lowering benchmark, by family, with the sizes of their indices."""

from __future__ import annotations

from dataclasses import dataclass

SMALL = 4  # of every index, in the small form of a case


@dataclass(frozen=True)
class Case:
    """An expression in letters, and the sizes of its indices in its large form."""

    family: str
    text: str
    sizes: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        """The text, and the sizes."""
        return f"{self.text}  {' '.join(f'{index}{size}' for index, size in self.sizes)}"

    def shapes(self, large: bool) -> list[tuple[int, ...]]:
        """Of the operands."""
        size = dict(self.sizes)
        terms = self.text.split("->")[0].split(",")
        return [tuple(size[index] if large else min(SMALL, size[index]) for index in term) for term in terms]


def _case(family: str, text: str, sizes: str | int) -> Case:
    """`"i64 jk8"` has 64 for i, and 8 for j and k; a number is the size of all."""
    letters = sorted(set(text) - set(",->"))
    if isinstance(sizes, int):
        return Case(family, text, tuple((letter, sizes) for letter in letters))
    size: dict[str, int] = {}
    for word in sizes.split():
        names = word.rstrip("0123456789")
        size.update(dict.fromkeys(names, int(word[len(names) :])))
    return Case(family, text, tuple((letter, size[letter]) for letter in letters))


FAMILIES: dict[str, dict[str, str | int]] = {
    "textbook": {
        "ij->ji": 2048,
        "ii->i": 4096,
        "ii->": 4096,
        "ij->": 2048,
        "ij->i": 2048,
        "i,i->": 2**20,
        "i,i->i": 2**20,
        "ij,ij->": 1024,
        "ij,j->i": 2048,
        "ik,kj->ij": 512,
        "bik,bkj->bij": "b32 ijk128",
        "ki,kj->ij": 512,
        "ik,jk->ij": 512,
        "ij->j": 2048,
    },
    "attention": {
        "bhqd,bhkd->bhqk": "b4 h8 qk128 d64",
        "bhqk,bhkd->bhqd": "b4 h8 qk128 d64",
        "bqhd,bkhd->bhqk": "b4 h8 qk128 d64",
        "bhqk,bkhd->bqhd": "b4 h8 qk128 d64",
        "bqhd,khd->bhqk": "b4 h8 qk128 d64",
        "bhd,bhkd->bhk": "b8 h8 k512 d64",
    },
    "projections": {
        "btd,dhk->bthk": "b4 t128 d256 h8 k32",
        "btd,dhk->bhtk": "b4 t128 d256 h8 k32",
        "bthk,hkd->btd": "b4 t128 d256 h8 k32",
        "bhtk,hkd->btd": "b4 t128 d256 h8 k32",
        "btd,df->btf": "b8 t128 d256 f512",
        "btd,df->bft": "b8 t128 d256 f512",
        "bi,io->bo": "b1024 i512 o4",
        "bi,io->bo  ": "b4 i1024 o1024",
    },
    "experts": {
        "ecd,edf->ecf": "e8 c128 d128 f256",
        "bte,ted->btd": "b64 t64 e8 d64",
        "bsec,bsd->ebcd": "b4 s64 e8 c16 d64",
        "gsec,gecm->gsm": "g4 s64 e8 c16 m64",
    },
    "bilinear": {
        "bi,oij,bj->bo": "b64 o32 ij64",
        "bi,ij,bj->b": "b1024 ij256",
        "bn,anm,bm->ba": "b64 a32 nm64",
    },
    "chains": {
        "ij,jk,kl->il": "i512 j16 k512 l512",
        "ij,jk,kl,lm->im": "i256 j128 k256 l64 m256",
        "aib,bjc,ckd->aijkd": "ad8 bc32 ijk16",
        "aib,aic->bc": "a256 i16 bc256",
        "aib,bjc,aid,djc->": "abcd48 ij4",
        "lpr,lqs,pq->rs": "lrs96 pq4",
    },
    "factorizations": {
        "ijk,jr,kr->ir": "ijk128 r32",
        "ijk,ir,kr->jr": "ijk128 r32",
        "ijk,ir,jr->kr": "ijk128 r32",
        "ir,jr,kr->ijk": "ijk96 r32",
        "abc,ia,jb,kc->ijk": "abc24 ijk96",
        "ijk,ia,jb,kc->abc": "abc24 ijk96",
        "r,ir,jr->ij": "ij512 r64",
    },
    "chemistry": {
        "pqrs,pi,qj,rk,sl->ijkl": "pqrs24 ijkl24",
        "pqrs,rs->pq": 48,
        "prqs,rs->pq": 48,
        "abij,ijkl->abkl": 20,
        "ijab,jkbc->ikac": 16,
        "klcd,ki,dlja->cija": 10,
        "jk,ijkl->il": 64,
        "il,ijkl->jk": 64,
        "jl,ijkl->ik": 64,
        "Lpq,Lrs->pqrs": "L96 pqrs20",
    },
    "reductions": {
        "ij,ij->i": "i4096 j512",
        "ij,ij->j": "i4096 j512",
        "bi,bi->b": "b4096 i256",
        "ij,ji->": 1024,
        "bi,bi,i->b": "b2048 i512",
        "ijk,ijk->ik": "i64 j128 k128",
        "ij,i->j": "i4096 j512",
        "ijk->j": 160,
        "ijk->ik": 160,
        "iij->j": "i512 j128",
        "ijij->": 40,
        "iji->j": 160,
    },
    "outer": {
        "i,j->ij": 2048,
        "i,j,k->ijk": 128,
        "bi,bj->bij": "b64 ij128",
        "ab,cd->acbd": 40,
        "i,ij->ij": 2048,
        "ij,j->ij": 2048,
        "ij,jk->ijk": 128,
    },
}

# The contractions of Springer and Bientinesi's TCCG: result, then both operands.
TCCG = [
    "abcde-efbad-cf",
    "abcde-efcad-bf",
    "abcd-dbea-ec",
    "abcde-ecbfa-fd",
    "abcd-deca-be",
    "abc-bda-dc",
    "abcd-ebad-ce",
    "abc-dca-bd",
    "abcd-ea-ebcd",
    "abcd-eb-aecd",
    "abcd-ec-abed",
    "abc-acd-db",
    "abc-ad-bdc",
    "ab-cad-dcb",
    "ab-acd-dbc",
    "abcd-aebf-dfce",
    "abcd-aebf-fdec",
    "abcd-aecf-bfde",
    "abcd-aecf-fbed",
    "abcd-aedf-bfce",
    "abcd-aedf-fbec",
    "abcd-aefb-fdce",
    "abcd-aefc-fbed",
    "abcd-eafb-fdec",
    "abcd-eafc-bfde",
    "abcd-eafd-fbec",
    "ab-ac-cb",
    "abc-acd-bd",
    "abcd-aecd-eb",
    "abcde-abcf-fde",
    "abcdef-dega-gfbc",
    "abcdef-degb-gfac",
    "abcdef-degc-gfab",
    "abcdef-dfga-gebc",
    "abcdef-dfgb-geac",
    "abcdef-dfgc-geab",
    "abcdef-efga-gdbc",
    "abcdef-efgb-gdac",
    "abcdef-efgc-gdab",
    "abcdef-gdab-efgc",
    "abcdef-gdac-efgb",
    "abcdef-gdbc-efga",
    "abcdef-geab-dfgc",
    "abcdef-geac-dfgb",
    "abcdef-gebc-dfga",
    "abcdef-gfab-degc",
    "abcdef-gfac-degb",
    "abcdef-gfbc-dega",
]
TCCG_MACS = 2e7


def cases() -> list[Case]:
    """All of them."""
    found = [_case(family, text.strip(), sizes) for family, texts in FAMILIES.items() for text, sizes in texts.items()]
    for name in TCCG:
        result, one, other = name.split("-")
        size = max(4, round(TCCG_MACS ** (1 / len(set(name) - {"-"})) / 4) * 4)
        found.append(_case("TCCG", f"{one},{other}->{result}", size))
    return found
