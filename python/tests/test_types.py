"""The stub that is installed beside the module says what the module does; mypy, where it is installed, reads it."""

import pathlib
import subprocess
import sys

import pytest

import bantam

USE = """
import numpy as np
import numpy.typing as npt
import bantam

model: bantam.Model = bantam.Model.load("folder", dtype="f32")
ids: npt.NDArray[np.int32] = model.tokenizer.encode("text", special=True)
logits: npt.NDArray[np.float32] = model.logits(ids)
scores: npt.NDArray[np.float64] = model.score([1, 2, 3])
said: bantam.Generation = model.generate("text", max_tokens=3, stop=["."])
text: str = said.text + "".join(model.stream(ids, seed=1))
code: str = bantam.Error("x").code
"""


def test_the_stub_is_installed():
    folder = pathlib.Path(bantam.__file__).parent
    assert (folder / "py.typed").exists()
    stub = (folder / "_bantam.pyi").read_text(encoding="utf-8")
    for name in bantam.__all__:
        assert name in stub


def test_mypy_takes_right_uses_and_refuses_wrong_ones(tmp_path):
    pytest.importorskip("mypy")

    def complaints(code):
        (tmp_path / "use.py").write_text(code)
        run = subprocess.run([sys.executable, "-m", "mypy", "--strict", "use.py"], cwd=tmp_path, capture_output=True,
                             text=True)
        return run.stdout + run.stderr

    assert "Success" in complaints(USE), complaints(USE)
    wrong = complaints(USE + 'model.generate("text", temperature="hot")\nmodel.logits("text").shap\n')
    assert wrong.count("error:") == 2, wrong
