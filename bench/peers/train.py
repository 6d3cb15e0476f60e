#!/usr/bin/env python3
"""Training steps of Bantam and of PyTorch in turns, A B C A B C …, each in a process of its own.

    bench/peers/run.sh train [--dtype bf16|f32] [--batch 4] [--length 512] [--rounds 3] [--steps 6] [--modes eager,compile]

Prints medians over the rounds and what Bantam's are to the peer that is best at speed, whose memory is the one compared.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="the built bantam")
    parser.add_argument("--dtype", choices=["bf16", "f32"], default="bf16")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--modes", default="eager,compile", help="of PyTorch")
    parser.add_argument("--out", help="a file for every single result, one JSON object a line")
    options = parser.parse_args()

    here = pathlib.Path(__file__).parent
    same = ["--dtype", options.dtype, "--batch", str(options.batch), "--length", str(options.length),
            "--steps", str(options.steps), "--threads", str(options.threads)]
    contestants = {"bantam": [options.program, "bench", "train", "--json", *same]}
    for mode in options.modes.split(","):
        contestants[f"torch {mode}"] = [sys.executable, str(here / "train_step_torch.py"), "--mode", mode, *same]

    results = {name: [] for name in contestants}
    for round_number in range(options.rounds):
        for name, command in contestants.items():
            result = run(command)
            results[name].append(result)
            load = os.getloadavg()[0]
            print(f"round {round_number + 1}  {name:14} {result['tokens_per_second']:8.0f} tok/s  "
                  f"{result['memory_bytes'] / 1e9:5.2f} GB   (load {load:.1f})", file=sys.stderr, flush=True)
            if options.out:
                with open(options.out, "a") as out:
                    out.write(json.dumps({"contestant": name, "load": load, **result}) + "\n")

    parameters = {r["parameters"] for rs in results.values() for r in rs}
    assert len(parameters) == 1, f"the models differ: {parameters} parameters"

    def middle(name, key):
        return statistics.median(r[key] for r in results[name])

    print(f"qovaryx-50m trunk ({parameters.pop() / 1e6:.1f}M), {options.batch} × {options.length}, {options.dtype}, "
          f"{options.threads} threads, medians of {options.rounds} rounds of {options.steps} steps\n")
    print("| | tok/s | GFLOP/s | peak memory |\n|---|---|---|---|")
    for name in contestants:
        print(f"| {name} | {middle(name, 'tokens_per_second'):.0f} | {middle(name, 'gflops'):.0f} | "
              f"{middle(name, 'memory_bytes') / 1e9:.2f} GB |")
    best = max((n for n in contestants if n != "bantam"), key=lambda n: middle(n, "tokens_per_second"))
    print(f"\nbantam / {best}: speed {middle('bantam', 'tokens_per_second') / middle(best, 'tokens_per_second'):.2f} ×, "
          f"memory {middle('bantam', 'memory_bytes') / middle(best, 'memory_bytes'):.2f} ×")


if __name__ == "__main__":
    main()
