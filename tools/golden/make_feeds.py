#!/usr/bin/env python3
"""Writes tests/golden/feeds: tiny decoders whose feed-forwards are ternary, low-rank and routed low-rank, computed in f64 by
plain PyTorch from the formulas alone (models/qovaryx.md, "FFN kinds"; BitNet b1.58, arXiv:2402.17764).

Each folder holds a model, ids, logits, loss terms and the gradient of every tensor. A decision that rounding could turn (an
8-bit step, a choice of expert) would make such a file worthless, so seeds are tried until all of them are far from the edge.

    python3 tools/golden/make_feeds.py tests/golden/feeds
"""
import json
import lzma
import math
import pathlib
import sys

import torch
from safetensors.torch import save

WIDTH, HIDDEN, VOCAB, HEADS, LAYERS, RANK = 32, 40, 60, 4, 2, 6
EXPERTS, TOP_K, BALANCE, ROUTER_Z = 4, 2, 0.01, 0.001
EDGE = {"ternary": 5e-4, "lowrank": 0.0, "routed": 1e-3}
FEEDS = {
    "ternary": {"kind": "ternary_swiglu", "width": HIDDEN},
    "lowrank": {"kind": "lowrank_swiglu", "width": HIDDEN, "rank": RANK},
    "routed": {"kind": "routed_lowrank_swiglu", "width": HIDDEN, "rank": RANK, "experts": EXPERTS,
               "per_token": TOP_K, "balance_weight": BALANCE, "router_z_weight": ROUTER_Z},
}


def tensors_of(kind):
    """Name → shape."""
    shapes = {"model.embed_tokens.weight": (VOCAB, WIDTH), "model.norm.weight": (WIDTH,)}
    maps = {"gate_proj": (HIDDEN, WIDTH), "up_proj": (HIDDEN, WIDTH), "down_proj": (WIDTH, HIDDEN)}
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        shapes[layer + "input_layernorm.weight"] = shapes[layer + "post_attention_layernorm.weight"] = (WIDTH,)
        for name in "qkvo":
            shapes[layer + f"self_attn.{name}_proj.weight"] = (WIDTH, WIDTH)
        if kind == "ternary":
            shapes.update({f"{layer}mlp.{name}.weight": shape for name, shape in maps.items()})
            continue
        prefixes = [f"experts.{e}." for e in range(EXPERTS)] if kind == "routed" else [""]
        if kind == "routed":
            shapes[layer + "mlp.router.weight"] = (EXPERTS, WIDTH)
        for prefix in prefixes:
            for name, (rows, cols) in maps.items():
                shapes[f"{layer}mlp.{prefix}{name}.a.weight"] = (RANK, cols)
                shapes[f"{layer}mlp.{prefix}{name}.b.weight"] = (rows, RANK)
    return shapes


class Model:
    def __init__(self, kind, seed):
        generator = torch.Generator().manual_seed(seed)
        self.kind, self.edge, self.aux, self.z = kind, 1.0, 0.0, 0.0
        self.p = {}
        for name, shape in tensors_of(kind).items():
            noise = torch.randn(shape, generator=generator)
            values = 1 + 0.2 * noise if len(shape) == 1 else noise / math.sqrt(shape[1])
            self.p[name] = values.float().double().requires_grad_()  # what a file of f32 holds

    def norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.p[name]

    def attention(self, x, layer):
        batch, length, _ = x.shape
        half = WIDTH // HEADS // 2
        angle = torch.arange(length).double()[:, None] * 10000.0 ** (-torch.arange(half).double() / half)

        def turned(v):
            a, b = v[..., :half], v[..., half:]
            return torch.cat((a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()), -1)

        q, k, v = ((x @ self.p[f"{layer}self_attn.{n}_proj.weight"].T).view(batch, length, HEADS, -1).transpose(1, 2)
                   for n in "qkv")
        scores = turned(q) @ turned(k).transpose(2, 3) / math.sqrt(2 * half)
        later = torch.ones(length, length).triu(1).bool()
        mixed = scores.masked_fill(later, -math.inf).softmax(-1) @ v
        return mixed.transpose(1, 2).reshape(x.shape) @ self.p[f"{layer}self_attn.o_proj.weight"].T

    def ternary(self, x, name):
        w = self.p[name]
        s = w.detach().abs().mean()
        w_hat = s * (w.detach() / s).round().clamp(-1, 1)
        scale = 127 / x.detach().abs().amax(-1, keepdim=True)
        steps = x.detach() * scale
        # Weights are the same numbers for everybody: only their mean's last digits differ, activations by all rounding.
        for exact, matters in ((steps, 1.0), (w.detach() / s, 1000.0)):
            self.edge = min(self.edge, matters * float((exact - exact.floor() - 0.5).abs().min()))
        x_hat = steps.round().clamp(-128, 127) / scale
        return (x + (x_hat - x.detach())) @ (w + (w_hat - w.detach())).T

    def thin(self, x, prefix):
        def through(v, name):
            return v @ self.p[f"{prefix}{name}.a.weight"].T @ self.p[f"{prefix}{name}.b.weight"].T
        return through(torch.nn.functional.silu(through(x, "gate_proj")) * through(x, "up_proj"), "down_proj")

    def routed(self, x, layer):
        logits = x @ self.p[layer + "mlp.router.weight"].T
        probabilities = logits.softmax(-1)
        ordered = probabilities.detach().sort(-1, descending=True).values
        self.edge = min(self.edge, float((ordered[..., TOP_K - 1] - ordered[..., TOP_K]).min()))
        chosen = torch.zeros_like(probabilities).scatter(-1, probabilities.topk(TOP_K, -1).indices, 1.0)
        share = chosen.mean((0, 1)) / TOP_K
        self.aux = self.aux + EXPERTS * (share * probabilities.mean((0, 1))).sum()
        self.z = self.z + logits.logsumexp(-1).pow(2).mean()
        return sum((chosen * probabilities)[..., e, None] * self.thin(x, f"{layer}mlp.experts.{e}.")
                   for e in range(EXPERTS))

    def feed(self, x, layer):
        if self.kind == "lowrank":
            return self.thin(x, layer + "mlp.")
        if self.kind == "routed":
            return self.routed(x, layer)
        gate = torch.nn.functional.silu(self.ternary(x, layer + "mlp.gate_proj.weight"))
        return self.ternary(gate * self.ternary(x, layer + "mlp.up_proj.weight"), layer + "mlp.down_proj.weight")

    def logits(self, ids):
        h = self.p["model.embed_tokens.weight"][ids]
        for i in range(LAYERS):
            layer = f"model.layers.{i}."
            h = h + self.attention(self.norm(h, layer + "input_layernorm.weight"), layer)
            h = h + self.feed(self.norm(h, layer + "post_attention_layernorm.weight"), layer)
        return self.norm(h, "model.norm.weight") @ self.p["model.embed_tokens.weight"].T


def write(folder, kind, model, ids):
    golden = {"input_ids": ids}
    logits = model.logits(ids)
    ce = torch.nn.functional.cross_entropy(logits[:, :-1].reshape(-1, VOCAB), ids[:, 1:].reshape(-1))
    loss = ce + BALANCE * model.aux + ROUTER_Z * model.z
    loss.backward()
    golden.update(logits=logits, loss=loss.reshape(1))
    golden["loss.ce"] = ce.reshape(1)
    if kind == "routed":
        golden["loss.moe_aux"], golden["loss.router_z"] = model.aux.reshape(1), model.z.reshape(1)
    golden.update({"grad." + name: p.grad for name, p in model.p.items()})
    narrow = {name: (v if v.dtype == torch.int64 else v.detach().float()).contiguous() for name, v in golden.items()}
    config = {"model_type": "bantam", "bantam": {"format_version": 1, "model": {
        "width": WIDTH, "vocab": VOCAB, "context": 64, "norm_eps": 1e-5, "embed": {"tied": True},
        "layers": [{"mixer": {"kind": "attention", "heads": HEADS}, "feed": FEEDS[kind], "repeat": LAYERS}]}}}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    weights = {name: p.detach().float().contiguous() for name, p in model.p.items()}
    for name, tensors in (("model", weights), ("golden", narrow)):
        (folder / f"{name}.safetensors.xz").write_bytes(lzma.compress(save(tensors), preset=9))


def main():
    torch.set_num_threads(1)
    for kind, edge in EDGE.items():
        for seed in range(2000):
            model = Model(kind, seed)
            ids = torch.randint(VOCAB, (2, 11), generator=torch.Generator().manual_seed(seed))
            with torch.no_grad():
                model.logits(ids)
            if model.edge > edge:
                break
        else:
            sys.exit(f"{kind}: no seed keeps {edge} from every edge")
        print(f"{kind}: seed {seed}, {model.edge:.2g} from the nearest edge")
        write(pathlib.Path(sys.argv[1]) / kind, kind, Model(kind, seed), ids)


main()
