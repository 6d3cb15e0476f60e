#!/usr/bin/env python3
"""Writes tests/golden/muon/muon.json: six steps of torch.optim.Muon (adjust_lr_fn match_rms_adamw) on a wide, a tall and a
square matrix, with and without nesterov, in f64. PyTorch iterates in bf16; here its own function runs on doubles, so that
what is compared are the formulas and not two roundings.

    python3 tools/golden/make_muon.py tests/golden/muon
"""
import inspect
import json
import pathlib
import sys

import torch
from torch.optim import _muon

SHAPES = {"wide": (6, 11), "tall": (13, 5), "square": (8, 8)}
STEPS, DECAY = 6, 0.1


def main(folder):
    source = inspect.getsource(_muon._zeropower_via_newtonschulz).replace("torch.bfloat16", "torch.float64")
    assert "torch.float64" in source
    exec(source, _muon.__dict__)
    generator = torch.Generator().manual_seed(17)
    draw = lambda shape: torch.randn(shape, generator=generator, dtype=torch.float32).double()
    out = {"weight_decay": DECAY, "momentum": 0.95, "lr": [0.01 / (1 + t) for t in range(STEPS)], "cases": []}
    for nesterov in (True, False):
        for name, shape in SHAPES.items():
            weight = torch.nn.Parameter(draw(shape))
            case = {"name": name, "shape": shape, "nesterov": nesterov, "before": weight.flatten().tolist(), "gradients": []}
            optimizer = torch.optim.Muon([weight], lr=0.01, weight_decay=DECAY, momentum=0.95, nesterov=nesterov,
                                         adjust_lr_fn="match_rms_adamw")
            for lr in out["lr"]:
                weight.grad = draw(shape)
                case["gradients"].append(weight.grad.flatten().tolist())
                optimizer.param_groups[0]["lr"] = lr
                optimizer.step()
            case["after"] = weight.detach().flatten().tolist()
            case["momentum_buffer"] = optimizer.state[weight]["momentum_buffer"].flatten().tolist()
            out["cases"].append(case)
    (folder / "muon.json").write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
