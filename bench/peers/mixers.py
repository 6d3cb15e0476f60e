#!/usr/bin/env python3
"""Mixers of Bantam and of PyTorch in turns, A B C A B C …: the whole part, forward and backward with the gradients of its
weights, at width 512.

    bench/peers/run.sh mixers [--dtype bf16|f32] [--batch 1] [--length 2048] [--only NAME,NAME] [--rounds 3] [--check]

First it checks that both compute the same: result, gradient of the input and of every weight, in f32 on 2 × 320 tokens;
with --check nothing else. Then medians are printed, and their ratios: attention and its variants against the better of
PyTorch eager and compiled; recurrences against a loop over tokens with autograd, and apart from it against a form in chunks
(in f32, like Bantam's recurrences) that nobody has at hand who does not write it.
"""
import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy
import torch

import mixers_torch

ATTENTION = {"kind": "attention", "heads": 8}
LOW_RANK = {"kind": "low_rank_attention", "heads": 8, "kv_heads": 1}
CASES = {
    "attention": ATTENTION,
    "two-kv-heads": {**ATTENTION, "kv_heads": 2},
    "qk-norm": {**ATTENTION, "qk_norm": True},
    "window": {**ATTENTION, "window": 256},
    "partial-rope": {**LOW_RANK, "kv_heads": 8, "query_rank": 0, "output_rank": 0, "qk_norm": False, "exclusive": False},
    "low-rank-xsa": LOW_RANK,
    "low-rank-xsa-derf": {**LOW_RANK, "derf": True},
    "rwkv7": {"kind": "rwkv7_published"},
    "rwkv7-vuaf": {"kind": "rwkv7", "heads": 8, "rank": 64},
    "mamba2": {"kind": "mamba2_published"},
    "mamba2-vuaf": {"kind": "mamba2"},
}
WIDTH, CHECK_BATCH, CHECK_LENGTH = 512, 2, 320


def read_safetensors(path):
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(numpy.frombuffer(data, "<f4", (e["data_offsets"][1] - e["data_offsets"][0]) // 4,
                                                    8 + size + e["data_offsets"][0]).reshape(e["shape"]).copy())
            for name, e in header.items()}


class Bantam:
    def __init__(self, options):
        self.options = options

    def run(self, mixer, *arguments):
        command = [self.options.program, "bench", "mixer", "--json", "--mixer", json.dumps(mixer), "--threads",
                   str(self.options.threads), "--width", str(WIDTH), *map(str, arguments)]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{result.stderr}")
        return json.loads(result.stdout)

    def one_step(self, mixer, folder):
        path = pathlib.Path(folder) / "step.safetensors"
        resolved = self.run(mixer, "--dtype", "f32", "--batch", CHECK_BATCH, "--length", CHECK_LENGTH, "--steps", 1,
                            "--out", path)["mixer"]
        return resolved, read_safetensors(path)

    def seconds(self, mixer, steps):
        return self.run(mixer, "--dtype", self.options.dtype, "--batch", self.options.batch, "--length",
                        self.options.length, "--steps", steps)["seconds"]


class Peer:
    """A module, its input and one step of it."""

    def __init__(self, module, x, dy, bf16=False, compiled=False):
        self.module, self.bf16, self.x, self.dy = module, bf16, x.requires_grad_(), dy
        self.call = torch.compile(module, dynamic=False) if compiled else module

    def step(self):
        self.x.grad = None
        for parameter in self.module.parameters():
            parameter.grad = None
        with torch.autocast("cpu", torch.bfloat16) if self.bf16 else contextlib.nullcontext():
            y = self.call(self.x)
        y.backward(self.dy)
        return y

    def seconds(self, steps, budget):
        """At most so many steps, and none more after `budget` seconds."""
        seconds = []
        while len(seconds) < steps and sum(seconds) < budget:
            start = time.perf_counter()
            self.step()
            seconds.append(time.perf_counter() - start)
        return seconds


def variants(kind, options, weights, length):
    """(name, module, compiled): the peers of a mixer."""
    def make(form, recurrence=None):
        module = form(options, weights, length)
        if recurrence is not None:
            module.recurrence = recurrence
        return module

    form = mixers_torch.KINDS[kind]
    if form in mixers_torch.LOOPS:
        loop, chunks, step = mixers_torch.LOOPS[form]
        compiled = torch.compile(step, dynamic=False)
        return [("loop", make(form, loop), False),
                ("loop, step compiled", make(form, lambda *a: loop(*a, step=compiled)), False),
                ("chunks", make(form, chunks), False)]
    return [("eager", make(form), False), ("compile", make(form), True)]


def check(name, options, tensors, kind, weights):
    """The largest difference, as a share of the largest value of its tensor (or of a thousandth of the largest of all)."""
    worst = 0
    ours = {n: t for n, t in tensors.items() if n in ("y", "dx") or n.startswith("gradients.")}
    floor = 1e-3 * max(t.abs().max() for n, t in ours.items() if n.startswith("gradients."))
    shape = CHECK_BATCH, CHECK_LENGTH, WIDTH
    for which, module, compiled in variants(kind, options, weights, CHECK_LENGTH):
        if compiled or "compiled" in which:  # slow to start, and the same code
            continue
        peer = Peer(module, tensors["x"].reshape(shape).clone(), tensors["dy"].reshape(shape))
        theirs = {"y": peer.step().detach(), "dx": peer.x.grad}
        for full in (n for n in ours if n.startswith("gradients.")):
            theirs[full] = module.w(full.split(".", 2)[2]).grad
        for tensor, values in ours.items():
            difference = (theirs[tensor].reshape(values.shape) - values).abs().max() / max(values.abs().max(), floor)
            if not difference <= 1e-3:
                sys.exit(f"{name}, {which}: {tensor} differs by {difference:.1e} of its largest value; "
                         "nothing to compare: they do different work")
            worst = max(worst, float(difference))
    return worst


def measure(options, bantam, name, mixer, kind, weights, resolved):
    """Medians by contestant, in seconds."""
    x = torch.randn(options.batch, options.length, WIDTH)
    bf16 = options.dtype == "bf16"
    x, dy = (x.bfloat16(), torch.randn_like(x).bfloat16()) if bf16 else (x, torch.randn_like(x))
    seconds, peers = {"bantam": []}, {}
    torch._dynamo.reset()
    for which, module, compiled in variants(kind, resolved, weights, options.length):
        peer = Peer(module, x.clone(), dy, bf16, compiled)
        for _ in range(2 if "compile" in which else 1):
            peer.step()
        peers[which], seconds[which] = peer, []
    for _ in range(options.rounds):
        seconds["bantam"] += bantam.seconds(mixer, options.steps)
        for which, peer in peers.items():
            seconds[which] += peer.seconds(options.steps, options.budget)
    medians = {which: statistics.median(values) for which, values in seconds.items()}
    print(f"{name}: " + ", ".join(f"{which} {1e3 * m:.1f} ms" for which, m in medians.items()) +
          f"   (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)
    if options.out:
        with open(options.out, "a") as out:
            out.write(json.dumps({"mixer": name, "dtype": options.dtype, "batch": options.batch,
                                  "length": options.length, "seconds": seconds}) + "\n")
    return medians


def print_table(options, medians):
    def cell(times, which):
        return f"{1e3 * times[which]:.0f} ms, {times[which] / times['bantam']:.1f} ×" if which in times else "–"

    attention = medians.get("attention", {}).get("bantam")
    print(f"\nWidth {WIDTH}, {options.batch} × {options.length}, {options.dtype}, {options.threads} threads, PyTorch "
          f"{torch.__version__}; medians of {options.rounds} rounds. × is the peer's time over Bantam's.\n")
    for recurrent in (False, True):
        rows = {n: t for n, t in medians.items() if ("loop" in t) == recurrent}
        if not rows:
            continue
        columns = ["loop", "loop, step compiled", "chunks"] if recurrent else ["eager", "compile"]
        print("| mixer | bantam | of attention | " + " | ".join(columns) + " | the bar's × |")
        print("|---" * (len(columns) + 4) + "|")
        for name, times in rows.items():
            share = f"{times['bantam'] / attention:.2f} ×" if attention else ""
            barred = [t for which, t in times.items() if which not in ("bantam", "chunks")]
            print(f"| {name} | {1e3 * times['bantam']:.1f} ms | {share} | " +
                  " | ".join(cell(times, which) for which in columns) +
                  f" | **{min(barred) / times['bantam']:.1f} ×** |")
        print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the built bantam")
    parser.add_argument("--dtype", choices=["bf16", "f32"], default="bf16")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--length", type=int, default=2048, help="a multiple of 64")
    parser.add_argument("--only", default=",".join(CASES), help="of: " + ", ".join(CASES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=5, help="of a turn")
    parser.add_argument("--budget", type=float, default=2, help="seconds after which a turn of PyTorch takes no more steps")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--check", action="store_true", help="only check that both compute the same")
    parser.add_argument("--out", help="a file for every single result, one JSON object a line")
    options = parser.parse_args()
    unknown = [name for name in options.only.split(",") if name not in CASES]
    if unknown or options.length % 64 != 0:
        parser.error(f"no mixer {unknown}" if unknown else "--length must be a multiple of 64")

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    bantam, medians = Bantam(options), {}
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only.split(","):
            mixer = CASES[name]
            resolved, tensors = bantam.one_step(mixer, folder)
            kind = resolved["kind"]
            weights = {n.split(".", 2)[2]: t for n, t in tensors.items() if n.startswith("weights.")}
            worst = check(name, resolved, tensors, kind, weights)
            print(f"{name}: both compute the same, to {worst:.0e}", file=sys.stderr, flush=True)
            if not options.check:
                medians[name] = measure(options, bantam, name, mixer, kind, weights, resolved)
    if medians:
        print_table(options, medians)


if __name__ == "__main__":
    main()
