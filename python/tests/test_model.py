import gc
import os
import signal
import threading

import numpy as np
import pytest

import bantam

PROMPT = "Once upon a time"


def log_softmax(logits):
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def test_logits_are_those_of_transformers(model, golden):
    for ids, want in zip(golden["input_ids"], golden["logits"]):
        got = model.logits(ids)
        assert got.dtype == np.float32 and got.shape == want.shape
        np.testing.assert_allclose(got, want, atol=1e-4)


def test_scores_are_log_probabilities_of_the_logits(model, golden):
    ids = golden["input_ids"][0]
    scores = model.score(ids)
    assert scores.dtype == np.float64
    want = log_softmax(model.logits(ids))[np.arange(len(ids) - 1), ids[1:]]
    np.testing.assert_allclose(scores, want, atol=1e-9)
    assert model.score(ids[:1]).shape == (0,)


def test_arrays_of_any_layout_are_the_same_ids(model, golden):
    ids = golden["input_ids"][0].astype(np.int32)
    want = model.logits(ids)
    frozen = ids.copy()
    frozen.setflags(write=False)
    for same in (ids.astype(np.int64), ids.tolist(), tuple(ids), np.repeat(ids, 2)[::2], ids[::-1][::-1], frozen):
        np.testing.assert_array_equal(model.logits(same), want)


def test_results_live_as_long_as_they_are_held(folder, golden):
    model = bantam.Model.load(folder)
    ids = golden["input_ids"][0]
    logits, copy = model.logits(ids), model.logits(ids).copy()
    rows = logits[3:5]
    generated = model.generate(PROMPT, max_tokens=4, seed=1).ids
    before = generated.copy()
    stream = model.stream(PROMPT, max_tokens=4, seed=1)
    assert not logits.flags.owndata and rows.base is not None
    del model, logits
    gc.collect()
    np.testing.assert_array_equal(rows, copy[3:5])
    np.testing.assert_array_equal(generated, before)
    list(stream)
    np.testing.assert_array_equal(stream.generation.ids, before)


@pytest.mark.parametrize("wrong", ["text", 3, None, np.zeros((2, 2), np.int32), np.zeros(3, np.float32), [1.5], ["a"]])
def test_what_is_no_ids_is_a_type_error(model, wrong):
    with pytest.raises(TypeError):
        model.logits(wrong)


@pytest.mark.parametrize(
    "ids, code",
    [([], "usage"), ([-1], "usage"), ([320], "usage"), ([1] * 257, "usage"), ([2**40], "invalid"),
     (np.array([2**32 + 1]), "invalid")])
def test_ids_outside_the_model_are_refused(model, ids, code):
    for compute in (model.logits, model.score):
        with pytest.raises(bantam.Error) as raised:
            compute(ids)
        assert raised.value.code == code


def test_greedy_ids_are_those_of_transformers(model, golden):
    for prompt, want in zip(golden["greedy_prompt"], golden["greedy_ids"]):
        got = model.generate(prompt, max_tokens=len(want), temperature=0)
        np.testing.assert_array_equal(got.ids, want)
        assert got.ids.dtype == np.int32 and got.finish_reason == "length"


def test_the_seed_decides(model):
    one, same, other = (model.generate(PROMPT, max_tokens=20, temperature=1.0, seed=s) for s in (4, 4, 5))
    assert one.text == same.text == str(one) and one.seed == 4
    assert not np.array_equal(one.ids, other.ids)
    assert one.prompt_tokens == len(PROMPT)
    drawn = model.generate(PROMPT, max_tokens=20, temperature=1.0)
    assert model.generate(PROMPT, max_tokens=20, temperature=1.0, seed=drawn.seed).text == drawn.text


def test_a_stream_is_the_text_in_pieces(model):
    whole = model.generate(PROMPT, max_tokens=40, temperature=1.0, seed=2)
    stream = model.stream(PROMPT, max_tokens=40, temperature=1.0, seed=2)
    pieces = list(stream)
    assert "".join(pieces) == whole.text and all(pieces) and len(pieces) > 5
    np.testing.assert_array_equal(stream.generation.ids, whole.ids)
    assert stream.generation.finish_reason == whole.finish_reason
    assert list(stream) == []
    # Two at once do not disturb each other.
    a, b = (model.stream(PROMPT, max_tokens=40, temperature=1.0, seed=2) for _ in range(2))
    assert "".join(x for pair in zip(a, b) for x in pair[:1]) == whole.text


def test_stop_texts_and_lengths_end_it(model):
    whole = model.generate(PROMPT, max_tokens=40, temperature=1.0, seed=3)
    assert whole.finish_reason in ("length", "stop")
    stop = whole.text[5:8]
    stopped = model.generate(PROMPT, max_tokens=40, temperature=1.0, seed=3, stop=[stop])
    assert stopped.text == whole.text[: whole.text.index(stop)] and stopped.finish_reason == "stop"
    full = model.generate("x" * 250, max_tokens=40, temperature=0)
    assert len(full.ids) <= model.context - 250


def test_settings_out_of_range_are_refused_by_name(model):
    for wrong in ({"temperature": -1}, {"min_p": 2}, {"max_tokens": 0}, {"repetition_penalty": -2.0}):
        with pytest.raises(bantam.Error, match=next(iter(wrong))) as raised:
            model.generate(PROMPT, **wrong)
        assert raised.value.code == "usage"
    with pytest.raises(TypeError):
        model.generate(PROMPT, stop="text")
    with pytest.raises(TypeError):
        model.generate(PROMPT, temprature=1)
    with pytest.raises(bantam.Error, match="context"):
        model.generate("x" * 300)
    with pytest.raises(bantam.Error):
        model.generate(np.zeros(0, np.int32))


def test_folders_that_are_no_models_say_why(folder, tmp_path):
    with pytest.raises(bantam.Error, match="config.json") as raised:
        bantam.Model.load(tmp_path)
    assert raised.value.code == "not_found" and isinstance(raised.value, Exception)
    with pytest.raises(bantam.Error, match="none\ufffd"):
        bantam.Model.load(os.fsdecode(b"/none\xff"))
    with pytest.raises(bantam.Error, match="dtype"):
        bantam.Model.load(folder, dtype="f16")
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 100)
    with pytest.raises(bantam.Error, match="model.safetensors"):
        bantam.Model.load(tmp_path)


def test_a_model_says_what_it_is(model, folder):
    assert (model.vocab_size, model.context, model.dtype) == (320, 256, "f32")
    assert model.parameters > 0
    assert model.config["vocab"] == 320 and model.config["layers"][0]["mixer"]["kind"] == "attention"
    assert model.tokenizer.vocab_size == 320
    assert bantam.Model.load(str(folder), dtype="bf16").dtype == "bf16"


def test_threads_change_no_bit(model, golden):
    ids, before = golden["input_ids"][0], bantam.threads()
    try:
        results = []
        for count in (1, 3):
            bantam.set_threads(count)
            assert bantam.threads() == count
            results.append(model.logits(ids).tobytes())
        assert results[0] == results[1]
        with pytest.raises(bantam.Error):
            bantam.set_threads(0)
    finally:
        bantam.set_threads(before)


def test_pythons_threads_share_a_model(model):
    want = [model.generate(PROMPT, max_tokens=30, temperature=1.0, seed=s).text for s in range(4)]
    got = [None] * 4

    def work(seed):
        got[seed] = model.generate(PROMPT, max_tokens=30, temperature=1.0, seed=seed).text

    threads = [threading.Thread(target=work, args=(s,)) for s in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == want


def test_the_interpreter_runs_on_while_a_model_computes(model, golden):
    ids = np.tile(golden["input_ids"][0], 7)[:256]
    turns, done = 0, threading.Event()

    def compute():
        for _ in range(5):
            model.logits(ids)
        done.set()

    thread = threading.Thread(target=compute)
    thread.start()
    while not done.wait(0):
        turns += 1
    thread.join()
    assert turns > 0


def test_floats_of_the_caller_stay_as_they_are(model):
    model.generate(PROMPT, max_tokens=2, temperature=0)
    smallest = float("5e-324")
    assert smallest * 1.0 > 0 and np.float32(1e-40) * np.float32(1) > 0


def test_signals_are_heard_between_tokens(model):
    """Of several signals during one call of an extension, Python's handler hears one; here it hears them as they come."""
    heard = []
    old = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    try:
        model.generate(PROMPT, max_tokens=240, temperature=1.0, seed=1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert len(heard) > 2


def test_ctrl_c_ends_a_generation(model):
    def interrupt(*_):
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    try:
        with pytest.raises(KeyboardInterrupt):
            for _ in range(1000):
                model.generate(PROMPT, max_tokens=240, temperature=1.0, seed=1)
    finally:
        signal.signal(signal.SIGALRM, old)
    assert model.generate(PROMPT, max_tokens=3, seed=1).text
