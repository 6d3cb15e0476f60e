#!/usr/bin/env python3
"""Compares what transformers computes on exported models with what the program computes.

    tools/check_remote_code.py build/bantam [--only WORDS]

Takes the nano preset of each kind and the compositions of tools/remote_compositions.json: every part alone with each of its
examples, ten that tests/contract/composition.h draws, and some more. Each is given weights far from their first values, goes
out through `bantam export --to hf`, comes back through `bantam inspect` with the same bits, and is loaded by
AutoModelForCausalLM with trust_remote_code. Logits of every loop step are held against `bantam probe` in f32; choices
(experts, exits) and greedy tokens apart. Installs nothing; needs torch, transformers and safetensors. Exit code 1: something
differs.
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile

PLACE = tempfile.TemporaryDirectory()
ROOT = pathlib.Path(PLACE.name)
os.environ.update(HF_HOME=str(ROOT / "hf"), HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error")

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from program_under_test import Failure, Program, require

TOLERANCE, ROWS, LENGTH, NEW = 2e-4, 2, 24, 5
PRESETS = {"nano": [], "vuaf-nano": [], "escarda-nano": []}


def shaken(name, tensor, generator):
    """Weights at which every path through a model counts: gains near 1, maps of unit size, gates that are open."""
    noise = torch.randn(tensor.shape, generator=generator)
    if name.endswith(("norm.weight", "layernorm.weight")):
        return 1 + 0.2 * noise
    if "hash_proj" in name:
        return 65536 * noise
    if tensor.dim() >= 2 and tensor.shape[-1] > 1 and not name.endswith((".r_k", ".comb")):
        return noise * (0.5 if "embed_tokens" in name or "tables" in name else tensor[0].numel() ** -0.5)
    return tensor + 0.3 * noise


def preset_folder(name, changes, folder):
    program("init", name, folder, "--weights", "--dtype", "f32", *[w for c in changes for w in ("--set", c)])
    file = folder / "model.safetensors"
    return {k: shaken(k, t, torch.Generator().manual_seed(i)) for i, (k, t) in enumerate(sorted(load_file(file).items()))}


def composition_folder(model, folder, code):
    """A folder of ours with the tensors that the PyTorch file expects; the program refuses it should they be others."""
    folder.mkdir()
    (folder / "model.json").write_text(json.dumps(model))
    config = json.loads(program("inspect", folder / "model.json", "--json"))["config"]
    described = {"format_version": 1, "model": config}
    (folder / "config.json").write_text(json.dumps({"model_type": "bantam", "bantam": described}))
    made = code.BantamForCausalLM(code.BantamConfig(bantam=described, vocab_size=config["vocab"])).state_dict()
    return {k: shaken(k, t, torch.Generator().manual_seed(i)) for i, (k, t) in enumerate(sorted(made.items()))}


def probe(folder, ids, name, *words):
    save_file({"input_ids": ids}, ROOT / "ids.safetensors")
    program("probe", folder, "--ids", ROOT / "ids.safetensors", "--out", ROOT / name, "--internals", *words)
    return load_file(ROOT / name)


def experts_chosen(model):
    """What each mixture chooses, in the order of the calls, one row of experts a token."""
    chosen = {}
    for name, module in model.named_modules():
        if type(module).__name__ == "Mixture":
            layer = int(name.split(".")[2])

            def hook(mixture, inputs, output, layer=layer):
                rows = mixture.route(inputs[0].flatten(0, 1), inputs[1].ids.flatten())[0]
                chosen.setdefault(layer, []).append(rows)

            module.register_forward_hook(hook)
    return chosen


def check_experts(chosen, ours):
    single = [rows.flatten() for calls in zip(*(c for c in chosen.values() if c[0].shape[1] == 1)) for rows in calls]
    if single:
        wrong = int((torch.stack(single) != ours["router_idx"].flatten(1)).sum())
        require(wrong == 0, f"{wrong} tokens go to another expert")
    for layer, calls in chosen.items():
        if calls[0].shape[1] > 1:
            wrong = int((torch.cat(calls).flatten() != ours[f"moe.layer{layer}.experts"].flatten()).sum())
            require(wrong == 0, f"layer {layer}: {wrong} choices of experts differ")


def compare(exported):
    """The largest difference of a logit, and the largest logit."""
    remote = (exported / "modeling_bantam.py").exists()
    model, info = AutoModelForCausalLM.from_pretrained(
        exported, trust_remote_code=remote, dtype=torch.float32, output_loading_info=True)
    require(not any(info.values()), f"loading: {info}")
    model.eval()
    ids = torch.randint(0, model.config.vocab_size, (ROWS, LENGTH), generator=torch.Generator().manual_seed(1))
    ours = probe(exported, ids, "logits.safetensors")
    greedy = probe(exported, ids, "greedy.safetensors", "--greedy", NEW)["greedy_ids"]
    chosen = experts_chosen(model)
    with torch.no_grad():
        logits = model(input_ids=ids).logits
        check_experts(chosen, ours)
        if "step_logits" in ours:
            hidden = model.model(ids)
            steps, hazards = torch.stack([model.project(h) for h in hidden]), torch.stack(model.hazards(hidden))
            require((hazards - ours["halt_lambda"]).abs().max() < TOLERANCE, "hazards differ")
            exits = model.exits(hidden)
            require(torch.equal(exits, ours["exit_steps"]), "exits differ")
            want = ours["step_logits"].gather(0, exits[None, ..., None].expand(1, -1, -1, logits.shape[-1]))[0]
            off = max((steps - ours["step_logits"]).abs().max().item(), (logits - want).abs().max().item())
        else:
            want, off = ours["logits"], (logits - ours["logits"]).abs().max().item()
        written = model.generate(ids, max_new_tokens=NEW, do_sample=False, eos_token_id=None, pad_token_id=0)
        require(torch.equal(written[:, LENGTH:], greedy), "generate() writes other tokens")
        padded, mask = torch.cat([ids[:, :3], ids], 1), torch.ones(ROWS, LENGTH + 3, dtype=torch.long)
        mask[1, :3] = 0  # the second row alone stands behind padding
        behind = model(input_ids=padded, attention_mask=mask).logits[1, 3:]
        require((behind - want[1]).abs().max() < TOLERANCE, "padding changes the logits")
    require(off < TOLERANCE, f"logits differ by {off:.1e}")
    return off, want.abs().max().item(), remote


def state(folder):
    return json.loads(program("inspect", folder, "--json"))["model_state_sha256"]


def check(name, weights, folder):
    save_file({k: t.contiguous() for k, t in weights.items()}, folder / "model.safetensors")
    exported = folder.parent / (folder.name + "-hf")
    program("export", folder, exported, "--to", "hf", "--dtype", "f32")
    off, largest, remote = compare(exported)
    if remote:
        require(state(folder) == state(exported), "the exported weights are others")
    print(f"{name[:76]:76} {off:8.1e} {largest:8.2f}  {'' if remote else 'no remote code'}", flush=True)


def main():
    global program
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("program")
    arguments.add_argument("--only", default="", help="of the models, those with these words in their names")
    flags = arguments.parse_args()
    program = Program(flags.program)
    torch.set_num_threads(1)
    logging.disable_progress_bar()
    here = pathlib.Path(__file__).resolve().parent
    sys.path.insert(0, str(here.parent / "src/model/remote"))
    sys.dont_write_bytecode = True
    import modeling_bantam

    compositions = json.loads((here / "remote_compositions.json").read_text())
    jobs = [(name, lambda f, n=name, c=changes: preset_folder(n, c, f)) for name, changes in PRESETS.items()]
    jobs += [(c["name"], lambda f, m=c["model"]: composition_folder(m, f, modeling_bantam)) for c in compositions]
    failed = compared = 0
    print(f"{'model':76} {'off by':>8} {'logits':>8}")
    for number, (name, make) in enumerate(jobs):
        if flags.only not in name:
            continue
        try:
            folder = ROOT / f"model{number}"
            check(name, make(folder), folder)
            compared += 1
        except Exception as failure:
            failed += 1
            print(f"{name[:76]:76} FAILED: {failure!r}", flush=True)
    for what, table in (("mixer", "MIXERS"), ("feed", "FEEDS"), ("join", "JOINS"), ("memory", "MEMORIES"), ("refine", "REFINEMENTS")):
        alone = [kind for kind in getattr(modeling_bantam, table) if f'"kind": "{kind}"' not in json.dumps(compositions)]
        if alone:
            print(f"{what}: no composition here has {', '.join(alone)}")
    print(f"{failed} failed" if failed else f"{compared} models, all within {TOLERANCE}")
    sys.exit(failed > 0 or compared == 0)


main()
