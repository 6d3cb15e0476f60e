"""The mixers of Bantam in PyTorch, as people write them. Each is a module over a dict of weights by Bantam's names.

Recurrences come as a plain loop over tokens with autograd, and in chunks; both in f32 inside autocast, as Bantam's are.
Dimensions:  B batch   T length   D width   H heads   G key/value heads   K width of a head   P, N value and state of Mamba-2
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

EPS = 1e-5


class Mixer(nn.Module):
    """Holds the weights; w("q_proj.weight") is one of them."""

    def __init__(self, options, weights, length):
        super().__init__()
        self.options = options
        self.names = {}
        for name, values in weights.items():
            self.names[name] = name.replace(".", "_")
            self.register_parameter(self.names[name], nn.Parameter(values.clone()))

    def w(self, name):
        return getattr(self, self.names[name])

    def linear(self, x, name):
        return F.linear(x, self.w(f"{name}.weight"), self.w(f"{name}.bias") if f"{name}.bias" in self.names else None)


def rms(x, gain, eps=EPS):
    return F.rms_norm(x.float(), (x.shape[-1],), gain, eps).to(x.dtype)


def angles(length, width, base):
    angle = torch.arange(length)[:, None] * (base ** -(torch.arange(0, width, 2) / width))
    return angle.cos(), angle.sin()


def turn_halves(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1).to(x.dtype)


def turn_neighbours(x, cos, sin):
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack([a * cos - b * sin, b * cos + a * sin], -1).flatten(-2).to(x.dtype)


class Attention(Mixer):
    """Grouped queries, rotary positions, QK norm; a window is a mask, for flex_attention has no way back on CPUs."""

    def __init__(self, options, weights, length):
        super().__init__(options, weights, length)
        self.heads, self.groups = options["heads"], options["kv_heads"] or options["heads"]
        self.width = weights["q_proj.weight"].shape[0] // self.heads
        self.cos, self.sin = angles(length, self.width, options["rope_base"])
        distance = torch.arange(length)[:, None] - torch.arange(length)
        self.mask = (distance >= 0) & (distance < options["window"]) if options["window"] else None

    def heads_of(self, x, name, heads, norm):
        x = self.linear(x, name).unflatten(-1, (heads, self.width)).transpose(1, 2)
        if f"{norm}.weight" in self.names:
            x = rms(x, self.w(f"{norm}.weight"))
        return x

    def mix(self, q, k, v):
        if self.groups == 1:  # its way back has one task for each document and key head, three times as slow for one
            k, v = (t.repeat_interleave(self.heads, 1) for t in (k, v))
        if self.mask is not None:
            return F.scaled_dot_product_attention(q, k, v, attn_mask=self.mask, enable_gqa=True)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)

    def forward(self, x):
        q = turn_halves(self.heads_of(x, "q_proj", self.heads, "q_norm"), self.cos, self.sin)
        k = turn_halves(self.heads_of(x, "k_proj", self.groups, "k_norm"), self.cos, self.sin)
        v = self.heads_of(x, "v_proj", self.groups, "")
        return self.linear(self.mix(q, k, v).transpose(1, 2).flatten(-2), "o_proj")


class LowRankAttention(Attention):
    """Low-rank queries and output, a part of each head turned, own values taken out, error functions for softmax."""

    def __init__(self, options, weights, length):
        Mixer.__init__(self, options, weights, length)
        self.heads, self.groups, self.width = options["heads"], options["kv_heads"], options["head_width"]
        self.rotary, self.mask = options["rope_width"], None
        self.cos, self.sin = angles(length, self.rotary, options["rope_base"])
        self.turn = turn_neighbours if options["rope_interleaved"] else turn_halves
        self.unseen = torch.ones(length, length, dtype=torch.bool).triu(1) if options["derf"] else None

    def turned(self, x):
        still = self.width - self.rotary
        return torch.cat([x[..., :still], self.turn(x[..., still:], self.cos, self.sin)], -1)

    def derf(self, q, k, v):
        scores = q @ k.repeat_interleave(self.heads // self.groups, 1).transpose(-1, -2) / math.sqrt(self.width)
        alpha, beta, gamma = (self.w(f"derf_{name}").view(-1, 1, 1) for name in ("alpha", "bias", "gamma"))
        weights = (0.5 * gamma * (1 + torch.erf(alpha * scores + beta))).masked_fill(self.unseen, 0)
        weights = weights / (weights.sum(-1, keepdim=True) + 1e-8)
        return weights @ v.repeat_interleave(self.heads // self.groups, 1)

    def forward(self, x):
        low = "q_a_proj.weight" in self.names
        inner = rms(self.linear(x, "q_a_proj"), self.w("q_a_norm.weight")) if low else x
        q = self.turned(self.heads_of(inner, "q_b_proj" if low else "q_proj", self.heads, "q_norm"))
        k = self.turned(self.heads_of(x, "k_proj", self.groups, "k_norm"))
        v = self.heads_of(x, "v_proj", self.groups, "")
        y = self.derf(q, k, v) if self.options["derf"] else self.mix(q, k, v)
        if self.options["exclusive"]:
            own = (v / (v.norm(dim=-1, keepdim=True) + 1e-8)).repeat_interleave(self.heads // self.groups, 1)
            y = y - (y * own).sum(-1, keepdim=True) * own
        y = y.transpose(1, 2).flatten(-2).to(x.dtype)
        if "o_a_proj.weight" in self.names:
            return self.linear(self.linear(y, "o_a_proj"), "o_b_proj")
        return self.linear(y, "o_proj")


def rwkv7_step(state, r, w, k, v, read, remove):
    """S' = S diag(w) − (S c) bᵀ + v kᵀ,  o = S' r; state [B, H, K values, K keys], the others [B, H, K]."""
    removed = state @ read[..., None]
    state = state * w[..., None, :] - removed * remove[..., None, :] + v[..., None] * k[..., None, :]
    return state, (state @ r[..., None]).squeeze(-1)


def rwkv7_loop(r, w, k, v, read, remove, step=rwkv7_step):
    batch, _, heads, width = r.shape
    state, out = r.new_zeros(batch, heads, width, width), []
    for token in zip(*(x.unbind(1) for x in (r, w, k, v, read, remove))):
        state, o = step(state, *token)
        out.append(o)
    return torch.stack(out, 1)


def rwkv7_chunks(r, w, k, v, read, remove, size=16):
    """The same with products over chunks: inside one, removals solve a triangular system of their own."""
    batch, length, heads, width = r.shape
    r, w, k, v, c, b = (x.transpose(1, 2).reshape(batch, heads, -1, size, width) for x in (r, w, k, v, read, remove))
    log = w.log()
    sums = log.cumsum(-2)
    decay = sums.exp()  # from the chunk's start to after each token
    r, c, k, b = r * decay, c * (sums - log).exp(), k / decay, b / decay
    ones = torch.ones(size, size)
    kt, bt = k.transpose(-1, -2), b.transpose(-1, -2)
    ck, cb, rk, rb = (c @ kt) * ones.tril(-1), (c @ bt) * ones.tril(-1), (r @ kt) * ones.tril(), (r @ bt) * ones.tril()
    inverse = torch.linalg.solve_triangular(torch.eye(size) + cb, torch.eye(size).expand_as(cb), upper=False,
                                            unitriangular=True)
    removed_state, removed_own = inverse @ c, inverse @ (ck @ v)
    read_state, read_own = r - rb @ removed_state, rk @ v - rb @ removed_own
    end = decay[..., -1:, :]
    added = v.transpose(-1, -2) @ k - removed_own.transpose(-1, -2) @ b
    state, out = r.new_zeros(batch, heads, width, width), []
    for n in range(length // size):
        turned = state.transpose(-1, -2)
        out.append(read_state[:, :, n] @ turned + read_own[:, :, n])
        lost = (removed_state[:, :, n] @ turned).transpose(-1, -2) @ b[:, :, n]
        state = (state + added[:, :, n] - lost) * end[:, :, n]
    return torch.stack(out, 2).reshape(batch, heads, length, width).transpose(1, 2)


class Rwkv7(Mixer):
    """VUAF's form: removal acts on the decayed state, at one rate a head."""
    recurrence = staticmethod(rwkv7_loop)

    def forward(self, x):
        heads = self.options["heads"]
        before = F.pad(x, (0, 0, 1, 0))[:, :-1]

        def mixed(name):
            return self.linear(torch.lerp(before, x, self.w(f"mix_{name}").to(x.dtype)), f"W_{name}")

        def low(name):
            return torch.sigmoid(self.linear(torch.tanh(self.linear(x, f"{name}_low_in")), f"{name}_low_out"))

        r, k, v, kappa = (mixed(name).unflatten(-1, (heads, -1)) for name in ("r", "k", "v", "kappa"))
        decay, rate = low("w").unflatten(-1, (heads, -1)), low("a")[..., None]
        with torch.autocast("cpu", enabled=False):
            r, k, v, kappa, decay, rate = (t.float() for t in (r, k, v, kappa, decay, rate))
            kappa = F.normalize(kappa, dim=-1, eps=1e-12)
            o = self.recurrence(r, decay, k, v, decay * kappa, rate * kappa)
            o = F.layer_norm(o, o.shape[-1:], eps=1e-5).flatten(-2)
            o = o * self.w("group_norm.weight") + self.w("group_norm.bias")
        return self.linear((o * torch.sigmoid(mixed("g"))).to(x.dtype), "out_proj")


class Rwkv7Published(Mixer):
    """Removal acts on the state as it was, at a rate a channel; the first layer, whose values are drawn to no other's."""
    recurrence = staticmethod(rwkv7_loop)

    def lora(self, x, name, between):
        return self.linear(between(self.linear(x, f"{name}_lora.lora.0")), f"{name}_lora.lora.2")

    def forward(self, x):
        heads = self.options["heads"]
        before = F.pad(x, (0, 0, 1, 0))[:, :-1]
        at = {name: torch.lerp(x, before, self.w(f"x_{name}").to(x.dtype)) for name in "rwkvag"}
        r, k, v = (self.linear(at[name], f"{name}_proj") for name in "rkv")
        rate = torch.sigmoid(self.lora(at["a"], "a", nn.Identity()))
        logit = self.lora(at["w"], "w", torch.tanh)
        gate = self.lora(at["g"], "g", torch.sigmoid)
        with torch.autocast("cpu", enabled=False):
            r, k, v, rate, logit = (t.float().unflatten(-1, (heads, -1)) for t in (r, k, v, rate, logit))
            decay = torch.exp(-math.exp(-0.5) * torch.sigmoid(logit))
            kappa = F.normalize(k * self.w("k_k").view(heads, -1), dim=-1, eps=1e-12)
            k = k * (1 + (rate - 1) * self.w("k_a").view(heads, -1))
            o = self.recurrence(r, decay, k, v, kappa, rate * kappa)
            o = F.layer_norm(o, o.shape[-1:], eps=EPS * o.shape[-1]).flatten(-2)
            o = o * self.w("g_norm.weight") + self.w("g_norm.bias")
            o = o + ((r * k * self.w("r_k").view(heads, -1)).sum(-1, keepdim=True) * v).flatten(-2)
        return self.linear((o * gate).to(x.dtype), "o_proj")


def mamba2_step(state, x, b, c, a):
    """h' = a h + x Bᵀ,  y = h' C; state [B, H, P, N], x [B, H, P], b and c [B, N], a [B, H]."""
    state = state * a[..., None, None] + x[..., None] * b[:, None, None, :]
    return state, torch.einsum("bhpn,bn->bhp", state, c)


def mamba2_loop(x, b, c, log_decay, step=mamba2_step):
    state, out = x.new_zeros(*x[:, 0].shape, b.shape[-1]), []
    for token in zip(*(t.unbind(1) for t in (x, b, c, log_decay.exp()))):
        state, y = step(state, *token)
        out.append(y)
    return torch.stack(out, 1)


def mamba2_chunks(x, b, c, log_decay, size=64):
    """Blocks of the semiseparable matrix (arXiv:2405.21060, section 6): products inside chunks, a loop over their states."""
    batch, length, heads, width = x.shape
    x = x.unflatten(1, (-1, size)).permute(0, 3, 1, 2, 4)                   # [B, H, n, L, P]
    b, c = (t.unflatten(1, (-1, size))[:, None] for t in (b, c))            # [B, 1, n, L, N]
    sums = log_decay.unflatten(1, (-1, size)).permute(0, 3, 1, 2).cumsum(-1)  # [B, H, n, L]
    unseen = torch.ones(size, size, dtype=torch.bool).triu(1)
    between = (sums[..., :, None] - sums[..., None, :]).masked_fill(unseen, -math.inf).exp()
    own = ((c @ b.transpose(-1, -2)) * between) @ x
    added = (x * (sums[..., -1:] - sums).exp()[..., None]).transpose(-1, -2) @ b
    whole = sums[..., -1].exp()[..., None, None]
    state, states = x.new_zeros(batch, heads, width, b.shape[-1]), []
    for n in range(added.shape[2]):
        states.append(state)
        state = state * whole[:, :, n] + added[:, :, n]
    carried = (c @ torch.stack(states, 2).transpose(-1, -2)) * sums.exp()[..., None]
    return (own + carried).permute(0, 2, 3, 1, 4).reshape(batch, length, heads, width)


class Mamba2(Mixer):
    """VUAF's form: no convolution, gate or time step."""
    recurrence = staticmethod(mamba2_loop)

    def forward(self, x):
        heads, state = self.w("A_log").shape[0], self.options["state"]
        inner = heads * self.options["head_width"]
        all_of = self.linear(x, "in_proj")
        with torch.autocast("cpu", enabled=False):
            values, b, c, dt = all_of.float().split([inner, state, state, heads], -1)
            values = values.unflatten(-1, (heads, -1))
            y = self.recurrence(values, b, c, -F.softplus(dt - self.w("A_log").exp()))
            y = (y + self.w("D")[:, None] * values).flatten(-2)
            y = F.layer_norm(y, (inner,), self.w("norm.weight"), self.w("norm.bias"), 1e-5)
        return self.linear(y.to(x.dtype), "out_proj")


class Mamba2Published(Mixer):
    """With the convolution, the gate and the time step; one group."""
    recurrence = staticmethod(mamba2_loop)

    def forward(self, x):
        heads, state, taps = self.w("A_log").shape[0], self.options["state"], self.options["taps"]
        inner = heads * self.options["head_width"]
        gate, xbc, dt = self.linear(x, "in_proj").split([inner, inner + 2 * state, heads], -1)
        xbc = F.conv1d(xbc.transpose(1, 2), self.w("conv1d.weight"), self.w("conv1d.bias"), padding=taps - 1,
                       groups=xbc.shape[-1])[..., :x.shape[1]].transpose(1, 2)
        with torch.autocast("cpu", enabled=False):
            values, b, c = F.silu(xbc.float()).split([inner, state, state], -1)
            step = F.softplus(dt.float() + self.w("dt_bias"))
            values = values.unflatten(-1, (heads, -1))
            y = self.recurrence(values * step[..., None], b, c, -step * self.w("A_log").exp())
            y = (y + self.w("D")[:, None] * values).flatten(-2)
            y = rms(y * F.silu(gate.float()), self.w("norm.weight"))
        return self.linear(y.to(x.dtype), "out_proj")


LOOPS = {
    Rwkv7: (rwkv7_loop, rwkv7_chunks, rwkv7_step), Rwkv7Published: (rwkv7_loop, rwkv7_chunks, rwkv7_step),
    Mamba2: (mamba2_loop, mamba2_chunks, mamba2_step), Mamba2Published: (mamba2_loop, mamba2_chunks, mamba2_step),
}
KINDS = {
    "attention": Attention, "low_rank_attention": LowRankAttention, "rwkv7": Rwkv7, "rwkv7_published": Rwkv7Published,
    "mamba2": Mamba2, "mamba2_published": Mamba2Published,
}
