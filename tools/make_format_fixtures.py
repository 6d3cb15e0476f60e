#!/usr/bin/env python3
"""Writes one small file of each format that the program writes, for tests that later releases must still open them.

    tools/make_format_fixtures.py build/bantam FOLDER

tests/golden/formats_v1 was made so. It is never made anew: a release that changes a format adds a folder of its own
beside it. docs/formats/README.md lists the formats.
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib

RUN = """tokenizer: {path: tokenizer, train: {vocab_size: 262}}
data: {sources: [{path: ../songs.jsonl}, {path: ../valid.jsonl, split: valid}], pack: pack}
train: {max_seq_len: 16, tokens_per_batch: 64, target_tokens: 128, lr: 1e-2, warmup_steps: 1, eval_every: 1, ema: 0.5,
        mixed_precision: f32, save_every: 1, keep_checkpoints: 2, keep_best: 1, sample_every: 2, sample_prompts: [la]}
"""
MODEL = {"width": 4, "vocab": 262, "context": 32,
         "layers": [{"mixer": {"kind": "attention", "heads": 1}, "feed": {"kind": "swiglu", "width": 8}}]}
ROWS = [{"text": "one of a few", "category": "text", "decision": 1},
        {"prompt": "what is two? ", "completion": "it is two", "meta": {"number": 2}},
        {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]},
        {"text": "four", "image": "picture.png"}]


def png(size):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((16 * y + 4 * x + c) % 256 for x in range(size) for c in range(3)) for y in range(size))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write(name, text):
    with open(name, "w") as file:
        file.write(text)


def main():
    bantam, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
    os.makedirs(folder)
    os.chdir(folder)  # so that nothing of this machine's folders is written down
    os.makedirs("run")
    write("songs.jsonl", "".join('{"text":"la la %d la"}\n' % (i * 37 % 101) for i in range(60)))
    write("valid.jsonl", '{"text":"la la 3 la"}\n')
    write("run/run.yaml", RUN)
    write("run/model.json", json.dumps(dict(format_version=1, **MODEL)) + "\n")
    subprocess.run([bantam, "train", "run"], check=True, capture_output=True)
    write("rows.jsonl", "".join(json.dumps(row) + "\n" for row in ROWS))
    with open("picture.png", "wb") as file:
        file.write(png(4))
    subprocess.run([bantam, "pack", "--tokenizer", "run/tokenizer", "--out", "pack", "--source", "rows.jsonl",
                    "--image-size", "4", "--patch-size", "2", "--context", "32"], check=True, capture_output=True)
    for name in ["songs.jsonl", "valid.jsonl", "rows.jsonl", "picture.png", "run/report.html", "run/.lock"]:
        os.unlink(name)
    for name in os.listdir("run"):
        if name.startswith("events."):
            os.unlink("run/" + name)
    for name in os.listdir("run/checkpoints"):
        if name != "step-000002":
            shutil.rmtree("run/checkpoints/" + name)


if __name__ == "__main__":
    main()
