#!/usr/bin/env python3
"""Writes tests/golden/images: a tiny decoder with the chart-patch encoder, two tokens ahead and a decision head, computed in
f64 by plain PyTorch from the formulas alone (models/qovaryx.md), on rows that begin with an image; and pictures of several
shapes as PyTorch's own antialiased bilinear interpolation scales them into a square.

model.safetensors, golden.safetensors: images, ids (-1 a patch), logits, loss terms, the gradient of every tensor.
letterbox.safetensors: image.N [height, width, 3] and square.N [size, size, 3], not rounded.

    python3 tools/golden/make_images.py tests/golden/images
"""
import json
import lzma
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save

WIDTH, HIDDEN, VOCAB, HEADS, LAYERS, CLASSES = 32, 40, 60, 4, 2, 3
SIZE, PATCH, ROWS, TEXT = 12, 4, 2, 8
SIDE = SIZE // PATCH
PATCHES = SIDE * SIDE
MTP_WEIGHT, DECISION_WEIGHT, CALIBRATION_WEIGHT = 0.3, 0.5, 0.2
SHAPES = [((28, 28), 12), ((10, 40), 16), ((33, 7), 12), ((5, 4), 12), ((1, 9), 8), ((12, 12), 12), ((3, 64), 4)]


def tensors():
    """Name → shape."""
    shapes = {"model.embed_tokens.weight": (VOCAB, WIDTH), "model.norm.weight": (WIDTH,),
              "patches.conv.weight": (WIDTH, 3, PATCH, PATCH), "patches.position": (PATCHES, WIDTH),
              "patches.norm.weight": (WIDTH,), "decision.norm.weight": (WIDTH,),
              "decision.w1.weight": (WIDTH // 2, WIDTH), "decision.w2.weight": (CLASSES, WIDTH // 2),
              "mtp.2.norm_in.weight": (WIDTH,), "mtp.2.w1.weight": (2 * WIDTH, WIDTH),
              "mtp.2.w2.weight": (WIDTH, 2 * WIDTH), "mtp.2.norm_out.weight": (WIDTH,)}
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        shapes[layer + "input_layernorm.weight"] = shapes[layer + "post_attention_layernorm.weight"] = (WIDTH,)
        for name in "qkvo":
            shapes[layer + f"self_attn.{name}_proj.weight"] = (WIDTH, WIDTH)
        shapes.update({layer + "mlp.gate_proj.weight": (HIDDEN, WIDTH), layer + "mlp.up_proj.weight": (HIDDEN, WIDTH),
                       layer + "mlp.down_proj.weight": (WIDTH, HIDDEN)})
    return shapes


generator = torch.Generator().manual_seed(11)
p = {}
for tensor, tensor_shape in tensors().items():
    noise = torch.randn(tensor_shape, generator=generator)
    values = 1 + 0.2 * noise if len(tensor_shape) == 1 else noise / math.sqrt(math.prod(tensor_shape[1:]))
    p[tensor] = values.float().double().requires_grad_()  # what a file of f32 holds


def norm(x, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * p[name + ".weight"]


def linear(x, name):
    return x @ p[name + ".weight"].T


def attention(x, layer):
    batch, length, _ = x.shape
    half = WIDTH // HEADS // 2
    angle = torch.arange(length).double()[:, None] * 10000.0 ** (-torch.arange(half).double() / half)

    def turned(v):
        a, b = v[..., :half], v[..., half:]
        return torch.cat((a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()), -1)

    q, k, v = (linear(x, f"{layer}self_attn.{n}_proj").view(batch, length, HEADS, -1).transpose(1, 2) for n in "qkv")
    scores = turned(q) @ turned(k).transpose(2, 3) / math.sqrt(2 * half)
    mixed = scores.masked_fill(torch.ones(length, length).triu(1).bool(), -math.inf).softmax(-1) @ v
    return linear(mixed.transpose(1, 2).reshape(x.shape), layer + "self_attn.o_proj")


def hidden(images, text):
    pixels = images.double().permute(0, 3, 1, 2) / 127.5 - 1
    grid = F.conv2d(pixels, p["patches.conv.weight"], stride=PATCH)  # [B, D, side, side]
    prefix = norm(grid.flatten(2).transpose(1, 2) + p["patches.position"], "patches.norm")
    h = torch.cat((prefix, p["model.embed_tokens.weight"][text]), 1)
    for i in range(LAYERS):
        layer = f"model.layers.{i}."
        h = h + attention(norm(h, layer + "input_layernorm"), layer)
        x = norm(h, layer + "post_attention_layernorm")
        h = h + linear(F.silu(linear(x, layer + "mlp.gate_proj")) * linear(x, layer + "mlp.up_proj"),
                       layer + "mlp.down_proj")
    return norm(h, "model.norm")


def pack(folder, name, arrays):
    narrow = {key: (v.float() if v.is_floating_point() else v).detach().contiguous() for key, v in arrays.items()}
    (folder / f"{name}.safetensors.xz").write_bytes(lzma.compress(save(narrow), preset=9))


def write_model(folder):
    images = torch.randint(256, (ROWS, SIZE, SIZE, 3), generator=generator, dtype=torch.uint8)
    text = torch.randint(VOCAB, (ROWS, TEXT), generator=generator)
    h = hidden(images, text)
    logits = linear(h, "model.embed_tokens")
    inner = linear(F.silu(linear(norm(h, "mtp.2.norm_in"), "mtp.2.w1")), "mtp.2.w2")
    ahead = linear(norm(h + inner, "mtp.2.norm_out"), "model.embed_tokens")
    decisions = linear(F.silu(linear(norm(h, "decision.norm"), "decision.w1")), "decision.w2")

    def ce(scores, distance):  # from the text's positions alone
        return F.cross_entropy(scores[:, PATCHES:PATCHES + TEXT - distance].reshape(-1, VOCAB),
                               text[:, distance:].reshape(-1))

    classes = torch.tensor([2, 0])
    scores = decisions[:, -2]
    terms = {"ce": ce(logits, 1), "mtp": ce(ahead, 2), "decision": F.cross_entropy(scores, classes),
             "calibration": (scores.softmax(-1) - F.one_hot(classes, CLASSES)).pow(2).sum(-1).mean()}
    loss = (terms["ce"] + MTP_WEIGHT * terms["mtp"] + DECISION_WEIGHT * terms["decision"]
            + CALIBRATION_WEIGHT * terms["calibration"])
    loss.backward()
    labelled = torch.full((ROWS, PATCHES + TEXT), -100)
    labelled[:, -2] = classes
    golden = {"images": images, "input_ids": torch.cat((torch.full((ROWS, PATCHES), -1), text), 1),
              "decision": labelled, "logits": logits, "decision_logits": decisions, "loss": loss.reshape(1)}
    golden.update({"loss." + name: value.reshape(1) for name, value in terms.items()})
    golden.update({"grad." + name: value.grad for name, value in p.items()})
    config = {"model_type": "bantam", "bantam": {"format_version": 1, "model": {
        "width": WIDTH, "vocab": VOCAB, "context": 64, "norm_eps": 1e-5,
        "embed": {"tied": True, "patches": {"image_size": SIZE, "patch_size": PATCH}},
        "layers": [{"mixer": {"kind": "attention", "heads": HEADS}, "feed": {"kind": "swiglu", "width": HIDDEN},
                    "repeat": LAYERS}],
        "heads": {"mtp": {"k": 2}, "decision": {"enabled": True, "classes": CLASSES}}}}}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    pack(folder, "model", p)
    pack(folder, "golden", golden)


def write_letterbox(folder):
    arrays = {}
    for index, ((height, width), size) in enumerate(SHAPES):
        image = torch.randint(256, (height, width, 3), generator=generator, dtype=torch.uint8)
        longer = max(height, width)
        to = [max(1, (2 * side * size + longer) // (2 * longer)) for side in (height, width)]
        scaled = F.interpolate(image.double().permute(2, 0, 1)[None], to, mode="bilinear", antialias=True)[0]
        square = torch.zeros(size, size, 3)
        top, left = (size - to[0]) // 2, (size - to[1]) // 2
        square[top:top + to[0], left:left + to[1]] = scaled.permute(1, 2, 0)
        arrays[f"image.{index}"], arrays[f"square.{index}"] = image, square
    pack(folder, "letterbox", arrays)


def main():
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write_model(folder)
    write_letterbox(folder)


main()
