#!/usr/bin/env python3
"""Compares a run's TensorBoard event files, read by the package tensorboard itself, with its log.jsonl.

  pip install tensorboard
  tools/check_tensorboard.py RUN

Every figure of the log must stand at its step exactly once, equal in f32; what the log lost to a restart must be gone.
"""
import json
import pathlib
import sys

import numpy
from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.util import tensor_util

MACHINE = {"tokens_per_second", "mfu", "memory_bytes"}


def expected(log):
    scalars, texts = {}, {}
    for line in map(json.loads, log.read_text().splitlines()):
        step = line["step"]
        put = lambda tag, value: scalars.setdefault(tag, []).append((step, value))
        for name, value in line.items():
            if "lr" in line and isinstance(value, (int, float)) and name not in ("step", "tokens", "seconds"):
                put(("machine/" if name in MACHINE else "train/") + name, value)
        for name, value in line.get("terms", {}).items():
            put("terms/" + name, value)
        for name, value in line.get("eval", {}).items():
            if isinstance(value, (int, float)):
                put("valid/" + name[6:] if name.startswith("valid_") else "eval/" + name, value)
        for i, sample in enumerate(line.get("samples", [])):
            text = "    " + (sample["prompt"] + sample["text"]).replace("\n", "\n    ")
            texts.setdefault(f"samples/{i}", []).append((step, text))
    return scalars, texts


def main(run):
    events = plugin_event_accumulator.EventAccumulator(str(run), size_guidance={"tensors": 0})
    events.Reload()
    scalars, texts = expected(run / "log.jsonl")
    for plugin, wanted in (("scalars", scalars), ("text", texts)):
        plugins = {tag: events.SummaryMetadata(tag).plugin_data.plugin_name for tag in events.Tags()["tensors"]}
        tags = {tag for tag in plugins if plugins[tag] == plugin}
        assert tags == set(wanted), f"tags of {plugin} differ: {sorted(tags ^ set(wanted))}"
    for tag, points in scalars.items():
        read = [(e.step, tensor_util.make_ndarray(e.tensor_proto).item()) for e in events.Tensors(tag)]
        want = [(step, float(numpy.float32(value))) for step, value in points]
        assert read == want, f"{tag}: {len(read)} points, wanted {len(want)}: {read[:3]} and {want[:3]}"
    for tag, points in texts.items():
        read = [(e.step, e.tensor_proto.string_val[0].decode()) for e in events.Tensors(tag)]
        assert read == points, f"{tag}: {read[:1]} and {points[:1]}"
    count = sum(map(len, scalars.values()))
    print(f"{run}: {count} points of {len(scalars)} scalars and {len(texts)} texts are those of log.jsonl")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
