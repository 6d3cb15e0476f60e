#!/usr/bin/env python3
"""Holds import and export against transformers, both ways.

    tools/check_transformers.py build/bantam [--only WORDS]

Makes small random models of the Llama class with transformers (scaled rotary positions, windows, biases, norms, layers without
positions), saves them as people do (safetensors, shards, half precision, old PyTorch files), and for each:
    bantam import, probe        logits as transformers computes them
    bantam export --to hf       transformers loads it by its own class, without remote code, to the same logits
    bantam export --to bin      torch.load(weights_only=True) loads its tensors, bit for bit those of the export above
Logits are held within 2e-4 in f32. Installs nothing; needs torch, transformers and safetensors. Exit code 1: something differs.
"""
import argparse
import os
import pathlib
import sys
import tempfile

PLACE = tempfile.TemporaryDirectory()
ROOT = pathlib.Path(PLACE.name)
os.environ.update(HF_HOME=str(ROOT / "hf"), HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging

from program_under_test import Failure, Program, require

TOLERANCE, ROWS, LENGTH = 2e-4, 2, 37
SMALL = {"vocab_size": 120, "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 4, "num_attention_heads": 4,
         "num_key_value_heads": 2, "max_position_embeddings": 256, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
LLAMA3 = {"rope_type": "llama3", "rope_theta": 5e5, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}
YARN = {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 32}
# Name, model_type, what its config changes, how it is saved.
CASES = [
    ("llama", "llama", {"tie_word_embeddings": True}, {}),
    ("llama untied, biases, wide heads", "llama", {"attention_bias": True, "mlp_bias": True, "head_dim": 20}, {}),
    ("llama3 scaling, in shards", "llama", {"rope_parameters": LLAMA3}, {"max_shard_size": "30KB"}),
    ("yarn scaling, in f16", "llama", {"rope_parameters": YARN}, {"dtype": torch.float16}),
    ("yarn with bounds, mscale", "llama", {"rope_parameters": {**YARN, "beta_fast": 8.0, "beta_slow": 2.0, "truncate": False,
                                                              "mscale": 0.7, "mscale_all_dim": 0.4}}, {}),
    ("linear scaling", "llama", {"rope_parameters": {"rope_type": "linear", "rope_theta": 1e4, "factor": 3.0}}, {}),
    ("mistral with a window", "mistral", {"sliding_window": 5, "head_dim": 16}, {}),
    ("mistral without, as an old PyTorch file", "mistral", {"sliding_window": None}, {"old": True}),
    ("qwen2, tied, as an old PyTorch file", "qwen2", {"tie_word_embeddings": True}, {"old": True}),
    ("qwen2 with windows in later layers", "qwen2", {"use_sliding_window": True, "sliding_window": 6, "max_window_layers": 2}, {}),
    ("qwen3 with biases and a window", "qwen3", {"head_dim": 16, "attention_bias": True, "use_sliding_window": True,
                                                "sliding_window": 7, "max_window_layers": 1}, {}),
    ("qwen3 in bf16", "qwen3", {"head_dim": 12, "tie_word_embeddings": True}, {"dtype": torch.bfloat16}),
    ("smollm3", "smollm3", {}, {}),
    ("smollm3 with windows and biases", "smollm3", {"no_rope_layers": [0, 1, 1, 0], "use_sliding_window": True,
                                                   "sliding_window": 6, "attention_bias": True, "mlp_bias": True}, {}),
]


def random_model(kind, changes):
    config = AutoConfig.for_model(kind, **{**SMALL, **changes})
    torch.manual_seed(3)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=torch.Generator().manual_seed(len(name)))
        gain = "norm" in name
        weight.data = 1 + 0.2 * noise if gain else noise * (0.5 if weight.dim() == 1 else weight.shape[-1] ** -0.5)
    return model


def save(model, folder, dtype=None, old=False, **more):
    if dtype is not None:
        model.to(dtype)
    model.save_pretrained(folder, **more)
    if old:  # as transformers wrote it before safetensors: a tied head stands there a second time
        torch.save(model.state_dict(), folder / "pytorch_model.bin")
        (folder / "model.safetensors").unlink()


def logits_of(model, ids):
    with torch.no_grad():
        return model(input_ids=ids).logits


def loaded(folder):
    model, info = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    require(not any(info.values()), f"loading: {info}")
    return model.eval()


def check(kind, changes, saving, folder):
    model = random_model(kind, changes)
    save(model, folder / "theirs", **saving)
    ids = torch.randint(0, SMALL["vocab_size"], (ROWS, LENGTH), generator=torch.Generator().manual_seed(1))
    want = logits_of(loaded(folder / "theirs"), ids)  # loaded again: a cast model has cast its angles too
    save_file({"input_ids": ids}, folder / "ids.safetensors")
    program("import", folder / "theirs", folder / "ours", "--dtype", "f32")
    program("probe", folder / "ours", "--ids", folder / "ids.safetensors", "--out", folder / "logits.safetensors")
    program("export", folder / "ours", folder / "hf", "--to", "hf")
    program("export", folder / "ours", folder / "bin", "--to", "bin")
    program("verify", folder / "ours", folder / "bin")
    ours = load_file(folder / "logits.safetensors")["logits"]
    again = loaded(folder / "hf")
    # Without a window Mistral is Llama.
    as_llama = kind == "mistral" and changes["sliding_window"] is None
    require(type(again).__name__ == ("LlamaForCausalLM" if as_llama else type(model).__name__),
            f"goes out as {type(again).__name__}")
    tensors = torch.load(folder / "bin" / "pytorch_model.bin", weights_only=True)
    exported = load_file(folder / "hf" / "model.safetensors")
    require(tensors.keys() == exported.keys(), "the PyTorch file has other tensors")
    require(all(torch.equal(tensors[name], exported[name]) for name in exported), "the PyTorch file's tensors differ")
    off = [(x - want).abs().max().item() for x in (ours, logits_of(again, ids), logits_of(loaded(folder / "bin"), ids))]
    require(max(off) < TOLERANCE, "logits differ by " + ", ".join(f"{x:.1e}" for x in off))
    return off, want.abs().max().item()


def main():
    global program
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("--only", default="", help="of the models, those with these words in their names")
    flags = arguments.parse_args()
    program = Program(flags.program)
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    failed = compared = 0
    print(f"{'model':44} {'import':>8} {'hf':>8} {'bin':>8} {'logits':>8}")
    for number, (name, kind, changes, saving) in enumerate(CASES):
        if flags.only not in name:
            continue
        try:
            folder = ROOT / f"model{number}"
            folder.mkdir()
            off, largest = check(kind, changes, saving, folder)
            print(f"{name:44} {off[0]:8.1e} {off[1]:8.1e} {off[2]:8.1e} {largest:8.2f}", flush=True)
            compared += 1
        except Exception as failure:
            failed += 1
            print(f"{name:44} FAILED: {failure!r}", flush=True)
    print(f"{failed} failed" if failed else f"{compared} models, all within {TOLERANCE}")
    sys.exit(failed > 0 or compared == 0)


main()
