import numpy as np
import pytest

import bantam

TEXT = "Once upon a time: naïve 日本語 🙂\n"


@pytest.fixture(scope="module")
def tokenizer(folder):
    return bantam.Tokenizer.load(folder)


def test_text_goes_in_and_out(tokenizer):
    ids = tokenizer.encode(TEXT)
    assert ids.dtype == np.int32 and ids.tolist() == list(TEXT.encode())
    assert tokenizer.decode(ids) == TEXT
    assert tokenizer.decode(ids.tolist()) == TEXT
    assert tokenizer.decode(ids[::-1][::-1]) == TEXT
    assert tokenizer.encode("").shape == (0,) and tokenizer.decode([]) == ""


def test_arrays_are_views_that_keep_their_memory(tokenizer):
    ids = tokenizer.encode(TEXT)
    assert not ids.flags.owndata and ids.flags.writeable
    ids[0] = ord("o")
    assert tokenizer.decode(ids).startswith("once")
    ids.setflags(write=False)
    assert tokenizer.decode(ids).startswith("once")


def test_special_tokens_are_parsed_only_when_asked(tokenizer):
    assert tokenizer.encode("a<|endoftext|>", special=True).tolist() == [97, 256]
    assert tokenizer.encode("a<|endoftext|>").tolist() == list(b"a<|endoftext|>")
    assert tokenizer.decode([97, 256]) == "a<|endoftext|>"
    assert tokenizer.decode([97, 256], skip_special=True) == "a"
    assert tokenizer.is_special(256) and not tokenizer.is_special(97) and not tokenizer.is_special(-5)
    assert tokenizer.id_of("<|endoftext|>") == 256 and tokenizer.id_of("nothing") is None


def test_bytes_of_tokens(tokenizer):
    assert tokenizer.token_bytes(0xE6) == b"\xe6"
    assert tokenizer.token_bytes(10**6) == b""
    assert tokenizer.decode([0xE6]) == "\ufffd"
    assert tokenizer.decode([97, 5000, -3]) == "a"  # what is no token is dropped


def test_wrong_arguments(tokenizer, tmp_path):
    for wrong in ("text", 3, np.zeros((1, 1), np.int32), np.zeros(2), [None]):
        with pytest.raises(TypeError):
            tokenizer.decode(wrong)
    with pytest.raises(TypeError):
        tokenizer.encode(b"bytes")
    with pytest.raises(bantam.Error) as raised:
        bantam.Tokenizer.load(tmp_path / "none")
    assert raised.value.code == "not_found"
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(bantam.Error) as raised:
        bantam.Tokenizer.load(tmp_path)
    assert raised.value.code == "corrupt"
