"""The regression guard: what plans come to, counted and compared with what is kept, without timing anything.

After a change to planning or lowering, `python tests/test_counts.py` counts anew, and says which rows got better and
which got worse; so does the difference of `tests/data/counts.json`, a line for each row. A new row needs no counts.
"""

from __future__ import annotations

import pytest
from counted import counted, differences, name_of, rows, write

ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=name_of)
def test_nothing_got_slower(row):
    found = differences(row["counts"], counted(row))
    told = "; ".join(f"{verdict}: {', '.join(which)}" for verdict, which in found.items() if which)
    assert not told, f"{name_of(row)}: {told}. If that is meant, python tests/test_counts.py keeps it."


def test_rows_are_many_and_distinct():
    names = [name_of(row) for row in ROWS]
    assert len({*names}) == len(names) >= 200
    assert {row["library"] for row in ROWS} == {"numpy", "torch"}


def test_differences_have_a_verdict():
    old = {"calls": 2, "copies": 1, "views": 0, "bytes": 2000}
    new = {"calls": 3, "copies": 0, "views": 1, "bytes": 2000, "macs": 7}
    assert differences(old, new) == {
        "worse": ["calls 3, was 2"],
        "better": ["copies 0, was 1"],
        "other": ["views 1, was 0", "macs 7, was None"],
    }


def main() -> None:
    """Count anew, keep it, and tell what has changed."""
    totals: dict[str, int] = {}
    found = []
    for row in ROWS:
        new = counted(row)
        for verdict, which in differences(row.get("counts", {}), new).items():
            if which:
                totals[verdict] = totals.get(verdict, 0) + 1
                print(f"{verdict:>6}  {name_of(row)}: {', '.join(which)}")
        found.append({**row, "counts": new})
    write(found)
    print(f"{len(found)} rows:", ", ".join(f"{count} {verdict}" for verdict, count in totals.items()) or "as they were")


if __name__ == "__main__":
    main()
