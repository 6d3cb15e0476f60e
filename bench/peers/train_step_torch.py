#!/usr/bin/env python3
"""One peer of `bantam bench train`: the same model, step and measurement in PyTorch.

    train_step_torch.py --mode eager|compile --dtype bf16|f32 --batch 4 --length 512 --steps 8 [--threads 2]

The trunk of qovaryx-50m: grouped-query attention with rotary positions, SwiGLU, RMSNorm, tied embeddings; random tokens,
f32 masters, fused AdamW, clipping at norm 1, bf16 by autocast. Prints one JSON object with the keys that Bantam prints.
"""
import argparse
import json
import math
import os
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

WIDTH, LAYERS, HEADS, KV_HEADS, HIDDEN, VOCAB = 512, 12, 8, 2, 1408, 20242
HEAD = WIDTH // HEADS


def peak_bytes():
    """The most memory that this process ever held."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/status has no VmHWM")


def rotate(x, cos, sin):
    first, second = x.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1).to(x.dtype)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.mixer_norm, self.feed_norm = nn.RMSNorm(WIDTH), nn.RMSNorm(WIDTH)
        self.q = nn.Linear(WIDTH, WIDTH, bias=False)
        self.k = nn.Linear(WIDTH, KV_HEADS * HEAD, bias=False)
        self.v = nn.Linear(WIDTH, KV_HEADS * HEAD, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.gate = nn.Linear(WIDTH, HIDDEN, bias=False)
        self.up = nn.Linear(WIDTH, HIDDEN, bias=False)
        self.down = nn.Linear(HIDDEN, WIDTH, bias=False)

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        h = self.mixer_norm(x)
        q = rotate(self.q(h).view(batch, length, HEADS, HEAD).transpose(1, 2), cos, sin)
        k = rotate(self.k(h).view(batch, length, KV_HEADS, HEAD).transpose(1, 2), cos, sin)
        v = self.v(h).view(batch, length, KV_HEADS, HEAD).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, WIDTH))
        h = self.feed_norm(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm = nn.RMSNorm(WIDTH)
        nn.init.normal_(self.embed.weight, std=0.02)

    def forward(self, ids, targets, cos, sin):
        x = self.embed(ids)
        for layer in self.layers:
            x = layer(x, cos, sin)
        logits = F.linear(self.norm(x), self.embed.weight)
        return F.cross_entropy(logits.float().view(-1, VOCAB), targets.view(-1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mode", choices=["eager", "compile"], default="eager")
    parser.add_argument("--dtype", choices=["bf16", "f32"], default="bf16")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    start_bytes = peak_bytes()
    model = Model()
    parameters = sum(p.numel() for p in model.parameters())
    angle = torch.arange(options.length)[:, None] * (10000.0 ** -(torch.arange(0, HEAD, 2) / HEAD))
    cos, sin = angle.cos(), angle.sin()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    run = torch.compile(model) if options.mode == "compile" else model
    ids = torch.randint(0, VOCAB, (options.batch, options.length))
    targets = torch.randint(0, VOCAB, (options.batch, options.length))

    seconds = []
    for _ in range(options.steps + 2):  # the first two compile and warm up
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.dtype == "bf16"):
            loss = run(ids, targets, cos, sin)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - begin)
    seconds = seconds[2:]

    tokens = options.batch * options.length
    flops_per_token = 6 * parameters + 6 * LAYERS * WIDTH * options.length
    rate = tokens / statistics.median(seconds)
    assert math.isfinite(loss.item())
    print(json.dumps({
        "what": "train", "peer": f"torch {torch.__version__} {options.mode}", "parameters": parameters,
        "dtype": options.dtype, "threads": options.threads, "batch": options.batch, "length": options.length,
        "tokens_per_second": rate, "best_tokens_per_second": tokens / min(seconds),
        "gflops": rate * flops_per_token / 1e9, "memory_bytes": peak_bytes() - start_bytes, "seconds": seconds}))


if __name__ == "__main__":
    main()
