"""The grammar is found in a bare checkout, an editable install and a wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
USE = """
import pathlib, sys
sys.path[:0] = {paths}
{before}
import einc, numpy
assert einc.einsum("ij,jk->ik", numpy.ones((2, 3)), numpy.ones((3, 2))).tolist() == [[3, 3], [3, 3]]
print(pathlib.Path(einc.__file__).parent.parent)
"""


def used_from(folder: Path, *paths: Path, before: str = "") -> Path:
    """Use einc in a process that runs in `folder` and imports from `paths` first; tell where it was found."""
    code = USE.format(paths=[str(path) for path in paths], before=before)
    done = subprocess.run([sys.executable, "-P", "-c", code], check=True, cwd=folder, capture_output=True, text=True)
    return Path(done.stdout.strip())


def built(call: str, folder: Path) -> Path:
    """The wheel that the build backend makes in `folder`."""
    pytest.importorskip("hatchling")
    code = f"import hatchling.build; hatchling.build.{call}({str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def unpacked(wheel: Path) -> Path:
    """What an installer leaves in site-packages."""
    site = wheel.parent / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_a_bare_checkout(tmp_path):
    checkout = tmp_path / "checkout"
    for folder in ("einc", "grammar"):
        shutil.copytree(ROOT / folder, checkout / folder)
    assert used_from(tmp_path, checkout) == checkout


def test_an_editable_install(tmp_path):
    site = unpacked(built("build_editable", tmp_path))
    assert not (site / "einc" / "__init__.py").exists()
    before = f"import site; sys.path[:] = [p for p in sys.path if p != {str(ROOT)!r}]; site.addsitedir({str(site)!r})"
    assert used_from(tmp_path, before=before) == ROOT


def test_a_wheel(tmp_path):
    wheel = built("build_wheel", tmp_path)
    site = unpacked(wheel)
    assert (site / "einc" / "grammar" / "letters.lark").exists()
    assert (site / "einc" / "py.typed").exists()
    assert sorted(path.name.split("-")[0] for path in site.iterdir()) == ["einc", "einc"]  # and its metadata
    assert used_from(tmp_path, site) == site
    assert used_from(tmp_path, wheel) == wheel  # zipped, too


def test_the_grammar_is_read_at_first_use(tmp_path):
    """Without it, einc can be imported, but not used."""
    shutil.copytree(ROOT / "einc", tmp_path / "einc")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        used_from(tmp_path, tmp_path)
    assert "line 6, in <module>" in failed.value.stderr  # the call, not the import
    assert "letters.lark" in failed.value.stderr
