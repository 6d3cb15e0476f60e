"""A model folder to test with: a small Llama whose logits transformers has computed, with a tokenizer of bytes."""

import json
import lzma
import pathlib
import struct

import numpy as np
import pytest

import bantam

GOLDEN = pathlib.Path(__file__).parents[2] / "tests/golden/models/llama_gqa_tied"
DTYPES = {"F32": np.float32, "I64": np.int64}


def read_safetensors(data: bytes) -> dict:
    (length,) = struct.unpack("<Q", data[:8])
    arrays = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__" and entry["dtype"] in DTYPES:
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            arrays[name] = np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).reshape(entry["shape"])
    return arrays


def byte_tokenizer() -> dict:
    """tokenizer.json of byte-level BPE without merges: id = byte, then special tokens, as many as the model has rows."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    spelled = {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(others)}}
    names = ["<|endoftext|>", *(f"<|extra_{i}|>" for i in range(1, 64))]
    added = [{"id": 256 + i, "content": name, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for i, name in enumerate(names)]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
            "pre_tokenizer": level, "post_processor": None, "decoder": level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                      "vocab": {spelled[b]: b for b in range(256)}, "merges": []}}


@pytest.fixture(scope="session")
def golden() -> dict:
    return read_safetensors(lzma.open(GOLDEN / "golden.safetensors.xz").read())


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("model")
    (path / "config.json").write_bytes((GOLDEN / "config.json").read_bytes())
    (path / "model.safetensors").write_bytes(lzma.open(GOLDEN / "model.safetensors.xz").read())
    (path / "tokenizer.json").write_text(json.dumps(byte_tokenizer()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def model(folder) -> bantam.Model:
    return bantam.Model.load(folder)
