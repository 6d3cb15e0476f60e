#!/usr/bin/env python3
"""Holds `bantam plan` against what runs then take: steps of shipped recipes at their own size and length, one row a step.

    tools/check_plan.py build/bantam [--steps 20] [--set train.optimizer=adamw] [RECIPE…]

Each recipe is planned and trained on the shipped corpus with a small tokenizer (the model keeps its vocabulary). Prints a
table: memory is what `bantam plan` says before there is anything but the recipe, and the peak of the whole process,
tokenizer, packing, evaluations and checkpoints included; tokens a second are what the run's plan.json says, which it writes
when its rows are known, and those of the steps after the first, which asks the system for its memory. Figures of time mean
something on an idle machine only: the load before each run stands beside them. Exit code 1 where a peak is more than 5 % off.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

RECIPES = ["qovaryx-50m", "quark-72m", "escarda-86m", "vuaf-1-femto", "qovaryx-350m"]
KINDS = ["story", "who_has_what", "dialogue", "arithmetic"]


def write_corpus(bantam, path, split, size):
    """Rows with their kind as a class, for models that have a decision head."""
    text = subprocess.run([bantam, "corpus", "--size", size, "--split", split], check=True, capture_output=True).stdout
    with open(path, "w") as file:
        for line in text.decode().splitlines():
            row = json.loads(line)
            row["decision"] = KINDS.index(row.pop("category").removesuffix("_it"))
            file.write(json.dumps(row) + "\n")


def settings(run, steps, extra):
    recipe = open(os.path.join(run, "run.yaml")).read()
    length = int(re.search(r"^  max_seq_len: (\d+)", recipe, re.M).group(1))
    sets = ["train.tokens_per_batch=%d" % length, "train.grad_accum_steps=1", 'train.length_curriculum=""',
            "train.target_tokens=%d" % (steps * length), "train.eval_every=0", "train.eval_tokens=4096",
            "train.save_every=0", "tokenizer.train.vocab_size=2048", "tokenizer.train.input=[]", "data.skip_invalid=true",
            "data.sources=[{path: ../train.jsonl}, {path: ../valid.jsonl, split: valid}]"]
    if "kind: sentencepiece" in recipe:
        sets.append("tokenizer.train.categories=[]")
    return length, [word for s in sets + extra for word in ("--set", s)]


def train(bantam, run, sets):
    """The peak of the process in bytes, and the log's lines."""
    process = subprocess.Popen([bantam, "train", run] + sets, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("%s: training failed:\n%s" % (run, said[-2000:]))
    with open(os.path.join(run, "log.jsonl")) as log:
        return usage.ru_maxrss * 1024, [json.loads(line) for line in log]


def check(bantam, folder, name, steps, extra):
    run = os.path.join(folder, name)
    subprocess.run([bantam, "init", name, run], check=True, stdout=subprocess.DEVNULL)
    length, sets = settings(run, steps, extra)
    load = os.getloadavg()[0]
    plan = json.loads(subprocess.run([bantam, "plan", run, "--json"] + sets, stdout=subprocess.PIPE).stdout)
    peak, log = train(bantam, run, sets)
    lines = [line for line in log if "loss" in line]
    rate = length * (len(lines) - 1) / (lines[-1]["seconds"] - lines[0]["seconds"])
    planned = plan["memory_bytes"]["all"]
    with open(os.path.join(run, "plan.json")) as file:
        planned_rate = json.load(file)["tokens_per_second"]
    off = 100 * (planned / peak - 1)
    print("| %s | %.1f M | %d | %d | %.2f GB | %.2f GB | %+.1f %% | %.0f | %.0f | %+.0f %% | %.1f | %.2f → %.2f |" %
          (name, plan["parameters"] / 1e6, length, len(lines), planned / 1e9, peak / 1e9, off, planned_rate, rate,
           100 * (planned_rate / rate - 1), load, lines[0]["loss"], lines[-1]["loss"]), flush=True)
    return abs(off) <= 5


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bantam")
    parser.add_argument("recipes", nargs="*", default=RECIPES)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_intermixed_args()
    print("| recipe | parameters | length | steps | planned peak | peak | off | planned tok/s | tok/s | off | load before | loss |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        write_corpus(options.bantam, os.path.join(folder, "train.jsonl"), "train", "3M")
        write_corpus(options.bantam, os.path.join(folder, "valid.jsonl"), "valid", "100K")
        good = [check(options.bantam, folder, name, options.steps, options.set) for name in options.recipes]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
