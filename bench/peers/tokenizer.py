#!/usr/bin/env python3
"""Bantam's tokenizer beside Hugging Face tokenizers and tiktoken, on the same files, in turns.

    bench/peers/run.sh tokenizer --train TEXT --encode TEXT [--vocab-size 16384] [--threads 2] [--rounds 5]

TEXT may be .xz, and .jsonl with a "text" in each row. First it checks that both sides learn the same merges and give the same ids; then each
round trains with one and the other, and encodes on one thread with one and the others. Printed are medians of
wall time and of processor time (which a busy machine blurs less), and their ratios.
"""
import argparse
import json
import lzma
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import tiktoken
import tokenizers

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def read_text(path, limit):
    opened = lzma.open(path, "rb") if path.endswith(".xz") else open(path, "rb")
    with opened as file:
        if path.removesuffix(".xz").endswith(".jsonl"):
            parts, size = [], 0
            for line in file:
                parts.append(json.loads(line)["text"].encode())
                size += len(parts[-1])
                if size > limit:
                    break
            data = b"\n".join(parts)
        else:
            data = file.read(limit)
    return data[:limit].decode("utf-8", errors="ignore")


def timed(run):
    wall, processor = time.perf_counter(), time.process_time()
    result = run()
    return result, (time.perf_counter() - wall, time.process_time() - processor)


class Bantam:
    def __init__(self, program):
        self.program = program

    def run(self, *arguments, data=None):
        return subprocess.run([self.program, *map(str, arguments)], input=data, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    def bench(self, *arguments):
        lines = [json.loads(line) for line in self.run("bench", "tokenizer", *arguments).splitlines()]
        return {line["what"]: (line["seconds"], line["cpu_seconds"]) for line in lines}


def hugging_face_trainer(tokenizers, vocab_size):
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=vocab_size, show_progress=False,
                                             initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet())
    return tokenizer, trainer


def tiktoken_encoding(tiktoken, file):
    alphabet = [b for b in range(256) if 0x21 <= b <= 0x7E or 0xA1 <= b <= 0xAC or b >= 0xAE]
    letters = {chr(b): b for b in alphabet}
    rest = [b for b in range(256) if b not in alphabet]
    letters.update({chr(256 + i): b for i, b in enumerate(rest)})
    vocab = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    ranks = {bytes(letters[c] for c in token): rank for token, rank in vocab.items()}
    return tiktoken.Encoding("peer", pat_str=GPT2, mergeable_ranks=ranks, special_tokens={})


def report(what, size, ours, theirs):
    def median(times, kind):
        return statistics.median(t[kind] for t in times)

    for kind, name in [(0, "wall"), (1, "processor")]:
        mine = median(ours, kind)
        line = f"{what:28} {name:9} bantam {size / mine / 1e6:7.1f} MB/s"
        for peer, times in theirs.items():
            other = median(times, kind)
            line += f"   {peer} {size / other / 1e6:6.1f} MB/s ({other / mine:.1f} x)"
        print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bantam")
    parser.add_argument("--train", required=True)
    parser.add_argument("--encode", required=True)
    parser.add_argument("--vocab-size", type=int, default=16384)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--train-bytes", type=int, default=12_000_000)
    options = parser.parse_args()
    os.environ["RAYON_NUM_THREADS"] = str(options.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true"
    bantam = Bantam(options.bantam)

    with tempfile.TemporaryDirectory() as folder_name:
        folder = pathlib.Path(folder_name)
        train_text = read_text(options.train, options.train_bytes)
        text = read_text(options.encode, 1 << 30)
        size = len(text.encode())
        (folder / "train.txt").write_text(train_text, encoding="utf-8", newline="")
        (folder / "encode.txt").write_text(text, encoding="utf-8", newline="")

        def train_peer():
            tokenizer, trainer = hugging_face_trainer(tokenizers, options.vocab_size)
            tokenizer.train([str(folder / "train.txt")], trainer)
            return tokenizer

        def train_bantam():
            return bantam.bench("-", folder / "train.txt", "--train-vocab-size", options.vocab_size, "--threads",
                                options.threads, "--runs", 1)["train"]

        bantam.run("tokenizer", "train", "--input", folder / "train.txt", "--vocab-size", options.vocab_size, "--out", folder)
        peer = train_peer()
        same = json.loads(peer.to_str())["model"] == json.loads((folder / "tokenizer.json").read_text())["model"]
        loaded = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        encoding = tiktoken_encoding(tiktoken, folder / "tokenizer.json")
        ids = [int(i) for i in bantam.run("tokenizer", "encode", folder, data=text.encode()).split()]
        same_ids = ids == encoding.encode_ordinary(text), ids == loaded.encode(text, add_special_tokens=False).ids
        print(f"vocabulary and merges equal Hugging Face's: {same}")
        print(f"{len(ids)} ids equal tiktoken's: {same_ids[0]}, "
              f"Hugging Face's: {same_ids[1]}")
        if not (same and all(same_ids)):
            sys.exit("nothing to compare: they do different work")

        ours = {"train": [], "encode": [], "decode": []}
        train, encode = {"HF": []}, {"tiktoken": [], "HF": []}
        decode = {"tiktoken": [], "HF": []}
        for _ in range(options.rounds):
            ours["train"].append(train_bantam())
            train["HF"].append(timed(train_peer)[1])
            for what, times in bantam.bench(folder, folder / "encode.txt", "--runs", 3).items():
                ours[what].append(times)
            encode["tiktoken"].append(timed(lambda: encoding.encode_ordinary(text))[1])
            decode["tiktoken"].append(timed(lambda: encoding.decode(ids))[1])
            encode["HF"].append(timed(lambda: loaded.encode(text, add_special_tokens=False))[1])
            decode["HF"].append(timed(lambda: loaded.decode(ids))[1])
        report(f"train, {options.threads} threads", len(train_text.encode()), ours["train"], train)
        report("encode, 1 thread", size, ours["encode"], encode)
        report("decode, 1 thread", size, ours["decode"], decode)


main()
