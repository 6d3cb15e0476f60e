"""A Bantam model in plain PyTorch: any composition of parts, as `bantam export --to hf` writes it.

transformers loads it with AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=True). config.json holds the
composition under "bantam", in the form of model.json; tensors have the names that the program gives them. The program
itself never runs this file. It computes what the program computes and nothing else: no cache (generate() runs the whole
sequence anew for every token), recurrences token by token, heads that only training uses kept but not run. The residual
stream is float32, branches are of the weights' type.

Dimensions:  B sequences  T tokens  D width  V vocabulary  H heads  G key/value heads or groups  K, P width of a head
             N state of a head  n residual streams  R rows, or loop steps  E experts  A tables and M longest n-gram of a memory
"""
import math
from collections import OrderedDict
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

class BantamConfig(PretrainedConfig):
    """config.json; `bantam` is {"format_version": 1, "model": the composition}."""
    model_type = "bantam"
    def __init__(self, bantam=None, **kwargs):
        if bantam is not None and bantam.get("format_version") != 1:
            raise ValueError(f"bantam.format_version is {bantam.get('format_version')}, this file reads 1")
        self.bantam = bantam
        super().__init__(**kwargs)

class Part(nn.Module):
    """Made of c, what all parts of a model agree on (width, norm, eps), and of its own options o."""
    absent = {}  # options that not every kind of it has
    def __init__(self, c, o):
        super().__init__()
        self.o = SimpleNamespace(**{**self.absent, **o})
        self.make(c, self.o)

def vector(*shape, value=1.0):
    return nn.Parameter(torch.full(shape, value))
def linear(inner, outer, bias=False):
    return nn.Linear(inner, outer, bias=bias)
def heads_of(x, heads):
    return x.unflatten(-1, (heads, -1))  # [B, T, H·K] → [B, T, H, K]

# -- norms
def unit(x):
    return x / x.norm(dim=-1, keepdim=True).clamp_min(1e-12)
def rms(x, eps):
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + eps)

class Norm(nn.Module):
    """RMSNorm (arXiv:1910.07467), or LayerNorm with a bias (arXiv:1607.06450). In float32; result in the gain's type."""
    def __init__(self, width, eps, kind="rms"):
        super().__init__()
        self.eps, self.weight = eps, vector(width)
        self.bias = vector(width, value=0.0) if kind == "layer" else None
    def forward(self, x):
        x, gain, bias = x.float(), self.weight.float(), self.bias
        y = rms(x, self.eps) * gain if bias is None else F.layer_norm(x, gain.shape, gain, bias.float(), self.eps)
        return y.to(self.weight.dtype)

class GroupNorm(nn.Module):
    """One mean and variance a head: of each token, or over the whole sequence (statistics = "sequence")."""
    def __init__(self, width, heads, eps, statistics="token"):
        super().__init__()
        self.heads, self.eps, self.over = heads, eps, (1, 3) if statistics == "sequence" else (3,)
        self.weight, self.bias = vector(width), vector(width, value=0.0)
    def forward(self, x):
        x_BTHK = heads_of(x, self.heads).double()
        var, mean = torch.var_mean(x_BTHK, self.over, correction=0, keepdim=True)
        y = ((x_BTHK - mean) / torch.sqrt(var + self.eps)).flatten(2).float()
        return (y * self.weight.float() + self.bias.float()).to(self.weight.dtype)

# -- attention
def frequencies(base, width, scaling, f64, device):
    """Of the pairs of a head, and the factor of cosines and sines, as scaling (src/ops/rope.h) changes them."""
    base_f64, index = torch.tensor(base, dtype=torch.float64, device=device), torch.arange(width // 2, device=device)
    exponent = 2 * index.double() / width if f64 else ((2 * index).float() / width).double()
    f = base_f64 ** -exponent if f64 else (1 / (base_f64 ** exponent).float()).double()
    s, turn, kept = SimpleNamespace(**(scaling or {"type": "none"})), 2 * math.pi, torch.zeros_like(f)
    if s.type == "none":
        return f, 1.0
    if s.type == "llama3":
        kept = ((s.original_context * f / turn - s.low_freq_factor) / (s.high_freq_factor - s.low_freq_factor)).clamp(0, 1)
    if s.type == "yarn":
        first, last = (width * math.log(s.original_context / (n * turn)) / (2 * math.log(base)) for n in (s.beta_fast, s.beta_slow))
        first, last = (math.floor(first), math.ceil(last)) if s.truncate else (first, last)
        first, last = max(first, 0), min(last, width - 1)
        kept = 1 - ((index - first) / (last - first if last != first else 0.001)).clamp(0, 1).double()
    f = kept * f + (1 - kept) * f / s.factor
    return f if f64 else f.float().double(), s.attention_factor if s.type == "yarn" else 1.0
def rope(x_BTHK, base, width, interleaved=False, f64=False, scaling=None):
    """Rotary positions (arXiv:2104.09864) on the last `width` channels of each head; pairs are halves, or neighbours.
    Angles are computed in float32 as Llama's reference code has it, or in float64; their cosines and sines in float64."""
    f, length = frequencies(base, width, scaling, f64, x_BTHK.device)
    position = torch.arange(x_BTHK.shape[1], device=x_BTHK.device)
    angle = position.double()[:, None] * f if f64 else (position.float()[:, None] * f.float()).double()
    cos, sin = ((length * y).float()[:, None, :] for y in (angle.cos(), angle.sin()))  # [T, 1, half]
    still, turning = x_BTHK.float().split([x_BTHK.shape[-1] - width, width], -1)
    a, b = turning.unflatten(-1, (width // 2, 2)).unbind(-1) if interleaved else turning.chunk(2, -1)
    turned = (a * cos - b * sin, b * cos + a * sin)
    turned = torch.stack(turned, -1).flatten(-2) if interleaved else torch.cat(turned, -1)
    return torch.cat([still, turned], -1).to(x_BTHK.dtype)

def attend(q_BTHK, k_BTHK, v_BTHK, window, derf):
    """Causal attention over `window` tokens, a query's own included, or all (0) → [B, T, H, K]. derf: (α, β, γ), one each a
    head; weights are then γ/2 (1 + erf(α s + β)) of the scores s, divided by their sum (arXiv:2512.10938)."""
    q, k, v = (x.transpose(1, 2) for x in (q_BTHK, k_BTHK, v_BTHK))
    position = torch.arange(q.shape[2], device=q.device)
    back = position[:, None] - position[None, :]
    seen = (back >= 0) & (back < (window or len(position)))
    if derf is None:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=seen).transpose(1, 2)
    alpha, beta, gamma = (w.float()[:, None, None] for w in derf)
    scores = q.float() @ k.float().transpose(-1, -2) / math.sqrt(q.shape[-1])
    weights = gamma / 2 * (1 + torch.erf(alpha * scores + beta)) * seen
    return (weights @ v.float() / (weights.sum(-1, keepdim=True) + 1e-8)).to(q.dtype).transpose(1, 2)

class Attention(Part):
    """Grouped-query attention (arXiv:2305.13245); also with queries and output through low ranks, a rotary part of each
    head, and, exclusive, without what a token says to itself (arXiv:2603.09078)."""
    absent = {"query_rank": 0, "output_rank": 0, "derf": False, "exclusive": False, "bias": False, "window": 0,
              "qkv_bias": False, "rope_scaling": None}
    def make(self, c, o):
        self.low = o.kind == "low_rank_attention"
        self.heads, self.groups, bias, inner_bias = o.heads, o.kv_heads or o.heads, o.bias, o.bias or o.qkv_bias
        head = o.head_width or c.width // self.heads
        queries, keys = self.heads * head, self.groups * head
        self.turning = o.rope_width if self.low else head if o.rope_base else 0
        if o.query_rank:
            self.q_a_proj, self.q_a_norm = linear(c.width, o.query_rank), Norm(o.query_rank, c.eps)
        self.add_module("q_b_proj" if o.query_rank else "q_proj", linear(o.query_rank or c.width, queries, inner_bias))
        self.k_proj, self.v_proj = linear(c.width, keys, inner_bias), linear(c.width, keys, inner_bias)
        self.q_norm, self.k_norm = (Norm(head, c.eps) if o.qk_norm else nn.Identity() for _ in "qk")
        if o.derf:
            self.derf_alpha, self.derf_bias, self.derf_gamma = (vector(self.heads) for _ in "αβγ")
        if o.output_rank:
            self.o_a_proj = linear(queries, o.output_rank)
        self.add_module("o_b_proj" if o.output_rank else "o_proj", linear(o.output_rank or queries, c.width, bias))

    def placed(self, x, heads, norm):
        x, o = norm(heads_of(x, heads)), self.o
        neighbours = self.low and o.rope_interleaved
        return rope(x, o.rope_base, self.turning, neighbours, self.low, o.rope_scaling) if self.turning else x
    def forward(self, x, run):
        o, group = self.o, self.heads // self.groups
        q = self.q_b_proj(self.q_a_norm(self.q_a_proj(x))) if o.query_rank else self.q_proj(x)
        k, v = self.placed(self.k_proj(x), self.groups, self.k_norm), heads_of(self.v_proj(x), self.groups)
        k, v = k.repeat_interleave(group, 2), v.repeat_interleave(group, 2)
        derf = (self.derf_alpha, self.derf_bias, self.derf_gamma) if o.derf else None
        y = attend(self.placed(q, self.heads, self.q_norm), k, v, o.window, derf)
        if o.exclusive:
            own = v.float() / (v.float().norm(dim=-1, keepdim=True) + 1e-8)
            y = (y - (y.float() * own).sum(-1, keepdim=True) * own).to(x.dtype)
        y = y.flatten(2)
        return self.o_b_proj(self.o_a_proj(y)) if o.output_rank else self.o_proj(y)

# -- recurrences
def shifted(x):
    return F.pad(x, (0, 0, 1, -1))  # the token before, zero before the first

def rwkv7_recurrence(r, w, k, v, kappa, a, decayed):
    """RWKV-7 (arXiv:2503.14456, eq. 17): S' = S diag(w) − (S c)(a ⊙ κ)ᵀ + v kᵀ, o = S' r; c = κ, or w ⊙ κ when removal acts
    on the decayed state. All [B, T, H, K] (a may be [B, T, H, 1]); result [B, T, H·K]."""
    r, w, k, v, kappa, a = (x.float() for x in (r, w, k, v, kappa, a))
    removed, rate = (w * kappa if decayed else kappa), a * kappa
    state, out = v.new_zeros(v.shape[0], *v.shape[2:], v.shape[-1]), []  # [B, H, value, key]
    for t in range(v.shape[1]):
        u = state @ removed[:, t, :, :, None]
        state = state * w[:, t, :, None, :] - u * rate[:, t, :, None, :] + v[:, t, :, :, None] * k[:, t, :, None, :]
        out.append((state @ r[:, t, :, :, None])[..., 0])
    return torch.stack(out, 1).flatten(2)

def mamba2_recurrence(x, b, c, log_decay, step, skip):
    """Mamba-2 (arXiv:2405.21060): h' = a h + (δ x) ⊗ B, y = h' C + D x. x [B, T, H, P]; b, c [B, T, G, N]; log a and δ
    [B, T, H]; D [H]; result [B, T, H·P]."""
    x, b, c, skip, group = x.float(), b.float(), c.float(), skip.float(), x.shape[2] // b.shape[2]
    b, c, decay = b.repeat_interleave(group, 2), c.repeat_interleave(group, 2), log_decay.exp()
    given = x if step is None else x * step[..., None]
    state, out = x.new_zeros(x.shape[0], *x.shape[2:], b.shape[-1]), []  # [B, H, P, N]
    for t in range(x.shape[1]):
        state = state * decay[:, t, :, None, None] + given[:, t, :, :, None] * b[:, t, :, None, :]
        out.append((state @ c[:, t, :, :, None])[..., 0])
    return (torch.stack(out, 1) + skip[:, None] * x).flatten(2)

class Rwkv7(Part):
    """VUAF's form: a scalar removal rate a head, no value residual, no bonus."""
    def make(self, c, o):
        for name in ("r", "k", "v", "kappa", "g"):
            self.register_parameter("mix_" + name, vector(c.width))
            self.add_module("W_" + name, linear(c.width, c.width))
        self.w_low_in, self.a_low_in = linear(c.width, o.rank), linear(c.width, o.rank)
        self.w_low_out, self.a_low_out = linear(o.rank, c.width, True), linear(o.rank, o.heads, True)
        self.group_norm = GroupNorm(c.width, o.heads, 1e-5, o.group_norm)
        self.out_proj = linear(c.width, c.width)

    def mixed(self, name, x, before):
        mix = getattr(self, "mix_" + name)
        return getattr(self, "W_" + name)(mix * x + (1 - mix) * before)
    def forward(self, x, run):
        before = shifted(x)
        r, k, v, kappa = (heads_of(self.mixed(name, x, before), self.o.heads) for name in ("r", "k", "v", "kappa"))
        w = heads_of(torch.sigmoid(self.w_low_out(torch.tanh(self.w_low_in(x)))), self.o.heads)
        a = torch.sigmoid(self.a_low_out(torch.tanh(self.a_low_in(x))))[..., None]
        o = self.group_norm(rwkv7_recurrence(r, w, k, v, unit(kappa.float()), a, decayed=True))
        return self.out_proj(o * torch.sigmoid(self.mixed("g", x, before)))

class Rwkv7Published(Part):
    """With a removal rate a channel, and values drawn towards those of the layer that gave some last."""
    def make(self, c, o):
        for name in "rwkvag":
            self.register_parameter("x_" + name, vector(1, 1, c.width))
        self.k_k, self.k_a, self.r_k = vector(c.width), vector(c.width), vector(o.heads, c.width // o.heads)
        self.r_proj, self.k_proj, self.v_proj, self.o_proj = (linear(c.width, c.width) for _ in range(4))
        ranks = (o.decay_rank, o.rate_rank, o.value_rank, o.gate_rank)
        between = (nn.Tanh, nn.Identity, nn.Identity, nn.Sigmoid)
        for name, rank, function in (x for x in zip("wavg", ranks, between) if x[1] > 0):
            lora = nn.Sequential(linear(c.width, rank), function(), linear(rank, c.width, name != "g"))
            self.add_module(name + "_lora", nn.ModuleDict({"lora": lora}))
        self.g_norm = GroupNorm(c.width, o.heads, c.eps * (c.width // o.heads))
    def forward(self, x, run):
        o, before = self.o, shifted(x)
        r, w, k, v, a, g = (mix * before + (1 - mix) * x for mix in (getattr(self, "x_" + name) for name in "rwkvag"))
        rate, inner, last = torch.sigmoid(self.a_lora.lora(a)), self.w_lora.lora[:2](w), self.w_lora.lora[2]
        # In bfloat16 a decay near 1 would be 1.
        decay = F.linear(inner.float(), last.weight.float(), last.bias.float()).sigmoid().mul(-math.exp(-0.5)).exp()
        values, keys, r = self.v_proj(v), self.k_proj(k), self.r_proj(r)
        if o.value_rank > 0:
            values = torch.lerp(values, run.carried["values"], torch.sigmoid(self.v_lora.lora(v)))
        else:
            run.carried["values"] = values
        kappa = unit(heads_of(keys * self.k_k, o.heads).float())
        keys = keys * (1 + (rate - 1) * self.k_a)
        r, w, k, v, a = (heads_of(z, o.heads) for z in (r, decay, keys, values, rate))
        y = self.g_norm(rwkv7_recurrence(r, w, k, v, kappa, a, decayed=False))
        bonus = (r * k * self.r_k).sum(-1, keepdim=True) * v
        return self.o_proj((y + bonus.flatten(2)) * self.g_lora.lora(g))

class Mamba2(Part):
    """VUAF's form: no convolution, gate or time step; a = σ(e^A − dt)."""
    def make(self, c, o):
        inner = c.width * o.expand
        self.heads = inner // o.head_width
        self.A_log, self.D, self.sizes = vector(self.heads), vector(self.heads), [inner, o.state, o.state, self.heads]
        self.in_proj, self.out_proj = linear(c.width, sum(self.sizes)), linear(inner, c.width)
        self.norm = GroupNorm(inner, 1, 1e-5)
    def forward(self, x, run):
        x, b, c, dt = self.in_proj(x).split(self.sizes, -1)
        log_decay = -F.softplus(dt.double() - self.A_log.double().exp()).float()
        y = mamba2_recurrence(heads_of(x, self.heads), heads_of(b, 1), heads_of(c, 1), log_decay, None, self.D)
        return self.out_proj(self.norm(y))

class Mamba2Published(Part):
    """As published: a short convolution before, a gate and a norm behind; δ = softplus(dt + bias) within its limits."""
    def make(self, c, o):
        inner, states, bias = c.width * o.expand, o.groups * o.state, o.bias
        self.groups, self.heads, self.limits = o.groups, inner // o.head_width, (o.step_low, o.step_high or math.inf)
        self.sizes, mixed = [inner, states, states], inner + 2 * states
        self.A_log, self.D, self.dt_bias = (vector(self.heads) for _ in range(3))
        self.conv1d = nn.Conv1d(mixed, mixed, o.taps, groups=mixed, padding=o.taps - 1, bias=o.conv_bias)
        self.in_proj, self.out_proj = linear(c.width, inner + mixed + self.heads, bias), linear(inner, c.width, bias)
        self.norm = Norm(inner, c.eps)  # its gain; each group is normed by itself
    def forward(self, x, run):
        gate, xbc, dt = self.in_proj(x).split([self.sizes[0], sum(self.sizes), self.heads], -1)
        xbc = F.silu(self.conv1d(xbc.transpose(1, 2))[..., : x.shape[1]].transpose(1, 2))
        x, b, c = (heads_of(y, n) for y, n in zip(xbc.split(self.sizes, -1), (self.heads, self.groups, self.groups)))
        step = F.softplus(dt.double() + self.dt_bias.double()).clamp(*self.limits)
        log_decay = (-step * self.A_log.double().exp()).float()
        y = F.silu(gate.float()) * mamba2_recurrence(x, b, c, log_decay, step.float(), self.D)
        y = rms(heads_of(y, self.groups), self.norm.eps).flatten(2) * self.norm.weight.float()
        return self.out_proj(y.to(self.norm.weight.dtype))

# -- feeds
class Ternary(nn.Linear):
    """x̂ Ŵᵀ (BitNet b1.58, arXiv:2402.17764): weights −s, 0 or s with s = mean |W|, activations of 8 bits by token."""
    def forward(self, x):
        w, x_BTD, s = self.weight.float(), x.float(), self.weight.double().abs().mean().float()
        largest = x_BTD.abs().amax(-1, keepdim=True)
        q = torch.where(largest > 0, torch.round(x_BTD * (127 / largest)), 0.0)
        return (F.linear(q, torch.where(2 * w.abs() > s, w.sign(), 0.0)) * (largest / 127 * s)).to(x.dtype)

class Swiglu(Part):
    """down(silu(gate x) ⊙ up x) (arXiv:2002.05202); each map full, of two thin factors (rank), or ternary."""
    absent = {"bias": False, "rank": 0}
    def make(self, c, o):
        def projection(inner, outer):
            if o.rank > 0:
                return nn.Sequential(OrderedDict(a=linear(inner, o.rank), b=linear(o.rank, outer)))
            return Ternary(inner, outer, bias=False) if o.kind == "ternary_swiglu" else linear(inner, outer, o.bias)
        self.gate_proj, self.up_proj = projection(c.width, o.width), projection(c.width, o.width)
        self.down_proj = projection(o.width, c.width)
    def forward(self, x, run):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))

class Rwkv7ChannelMix(Part):
    def make(self, c, o):
        self.x_k, self.key, self.value = vector(c.width), linear(c.width, o.width), linear(o.width, c.width)
    def forward(self, x, run):
        return self.value(F.relu(self.key(self.x_k * shifted(x) + (1 - self.x_k) * x)).square())

def shift_right(x, bits):
    return (x >> bits) & ((1 << (64 - bits)) - 1)
def splitmix64(x):
    """SplitMix64's mixing of int64 tensors taken as 64 bits without a sign, as their products and sums wrap around."""
    x = x + (0x9E3779B97F4A7C15 - 2**64)
    x = (x ^ shift_right(x, 30)) * (0xBF58476D1CE4E5B9 - 2**64)
    x = (x ^ shift_right(x, 27)) * (0x94D049BB133111EB - 2**64)
    return x ^ shift_right(x, 31)
def remainder(x, n):
    """x mod n for 64 bits without a sign, n below 2³⁰."""
    return (shift_right(x, 32) % n * (2**32 % n) + (x & 0xFFFFFFFF) % n) % n

def hashed_experts(ids_R, experts, per_token):
    """`per_token` distinct experts that an id alone decides: a partial Fisher-Yates shuffle. [R, per_token]"""
    order = torch.arange(experts, device=ids_R.device).repeat(len(ids_R), 1)
    for j in range(per_token):
        other = j + remainder(splitmix64(ids_R * per_token + j), experts - j)[:, None]
        here, there = order[:, j : j + 1], order.gather(1, other)
        order = order.scatter(1, other, here)
        order[:, j : j + 1] = there
    return order[:, :per_token]

SCORES = {"softmax": lambda z: z.softmax(-1), "sigmoid": torch.sigmoid, "sqrt_softplus": lambda z: F.softplus(z).sqrt()}
class Mixture(Part):
    """A mixture of experts (arXiv:1701.06538), chosen by score plus bias (arXiv:2412.19437) or by a hash of the id."""
    absent = {"rank": 0, "shared": 0, "scoring": "softmax", "normalize": False, "scale": 1, "hashed": False, "biased": False}
    def make(self, c, o):
        inside = {"kind": "swiglu", "rank": o.rank}
        self.router = nn.Module()
        self.router.weight = vector(o.experts, c.width)
        if o.biased and not o.hashed:
            self.router.register_buffer("bias", torch.zeros(o.experts))  # of the choice, not of the scores
        self.experts = nn.ModuleList(Swiglu(c, {**inside, "width": o.width}) for _ in range(o.experts))
        self.shared_experts = Swiglu(c, {**inside, "width": o.width * o.shared}) if o.shared > 0 else None

    def route(self, x_RD, ids_R):
        """Experts, best first, and their weights, [R, per token] each."""
        o = self.o
        scores = SCORES[o.scoring](F.linear(x_RD.float(), self.router.weight.float()).double()).float()
        if o.hashed:
            chosen = hashed_experts(ids_R, o.experts, o.per_token)
        else:
            keys = scores.double() + (self.router.bias.double() if o.biased else 0)
            chosen = torch.sort(keys, dim=-1, descending=True, stable=True).indices[:, : o.per_token]
        weights = scores.gather(1, chosen).double()
        over = weights.sum(-1, keepdim=True) + 1e-20 if o.normalize else 1
        return chosen, (o.scale * weights / over).float()
    def forward(self, x, run):
        rows = x.flatten(0, 1)
        chosen, weights = self.route(rows, run.ids.flatten())
        out = torch.zeros_like(rows, dtype=torch.float32)
        for e, expert in enumerate(self.experts):
            row, place = (chosen == e).nonzero(as_tuple=True)
            if len(row) > 0:
                out = out.index_add(0, row, weights[row, place, None] * expert(rows[row], run).float())
        out = out.to(x.dtype).view_as(x)
        return out if self.shared_experts is None else out + self.shared_experts(x, run)

# -- joins: what becomes of the stream x by a branch f, which norms what it reads
JOINS = {
    "residual": lambda x, f, after: x + f(x),
    "sandwich": lambda x, f, after: x + after(f(x)).float(),
    "sum_norm": lambda x, f, after: after(x + f(x)).float(),
    "hyper": lambda x, f, hyper: hyper(x, f),
}

class Hyper(Part):
    """Hyper-connections (arXiv:2409.19606, 2512.24880): a branch reads one mix of n streams and is written to each.
    read = σ(z) + ε, write = 2σ(z), mix = Sinkhorn(softmax(z) + ε); z is learnt, or computed from a token's streams."""
    def make(self, c, o):
        n, self.norm_eps, gates = o.streams, c.eps, o.streams * (2 + o.streams)
        if o.dynamic:
            self.fn, self.base, self.scale = vector(gates, n * c.width), vector(gates), vector(3)
        else:
            self.pre, self.post, self.comb = vector(n), vector(n), vector(n, n)
    def forward(self, x_BTnD, f):
        n, eps = self.o.streams, self.o.eps
        if self.o.dynamic:
            scale = torch.cat([s.expand(size) for s, size in zip(self.scale.float(), (n, n, n * n))])
            z = F.linear(rms(x_BTnD.flatten(2), self.norm_eps), self.fn.float()) * scale + self.base.float()
        else:
            z = torch.cat([self.pre, self.post, self.comb.flatten()]).float()[None, None]
        read, write, mix = z.double().split([n, n, n * n], -1)
        mix = mix.unflatten(-1, (n, n)).softmax(-1) + eps
        for i in range(2 * self.o.iterations - 1):  # columns first
            mix = mix / (mix.sum(-2 if i % 2 == 0 else -1, keepdim=True) + eps)
        y = f(((torch.sigmoid(read) + eps).float()[..., None] * x_BTnD).sum(-2))
        return (2 * torch.sigmoid(write)).float()[..., None] * y[..., None, :] + mix.float().transpose(-1, -2) @ x_BTnD

# -- what stands before and behind the layers
class Engram(Part):
    """A memory of n-grams (arXiv:2601.07372): rows found by hashes of the last 1 … M tokens, their mean through a gate."""
    def make(self, c, o):
        self.lookup, self.gate = nn.Module(), nn.Module()
        self.gate.norm, self.gate.proj = Norm(c.width, c.eps), linear(2 * c.width, c.width)
        if o.hash == "lsh":
            self.compress = linear(c.width, o.compressed_width)
            for name in (f"hash_proj_n{m}_p{k}" for m in range(1, o.longest + 1) for k in range(m)):
                self.lookup.register_buffer(name, torch.zeros(o.heads, o.compressed_width))
        self.lookup.tables = nn.ModuleList(nn.Embedding(o.table_rows, c.width) for _ in range(o.heads))
        self.gate.alpha, self.gate.beta, self.gate.gamma = (vector(c.width) for _ in "αβγ")

    def rows(self, m, run):
        """[B, T − m + 1, A]: rows of the n-grams of m tokens, by the position of their first."""
        o, count = self.o, run.ids.shape[1] - m + 1
        if o.hash == "lsh":
            codes = F.embedding(run.ids, run.table).double() @ self.compress.weight.double().T
            h = sum(codes[:, k : k + count] @ getattr(self.lookup, f"hash_proj_n{m}_p{k}").double().T for k in range(m))
            return h.abs().floor().nan_to_num(0, 0, 0).fmod(o.table_rows).long()
        h = run.ids.new_zeros(*run.ids[:, :count].shape, o.heads)
        for k in range(m):
            seeds = 1000003 * m + 1009 * k + torch.arange(o.heads, device=h.device)
            h = h ^ ((run.ids[:, k : k + count, None] + 1) * (splitmix64(seeds) | 1))
        return shift_right(h, 33) % o.table_rows
    def forward(self, e, run):
        found, tokens, gate = torch.zeros_like(e), run.ids.shape[1], self.gate
        for m in range(1, min(self.o.longest, tokens) + 1):
            rows = self.rows(m, run)
            found[:, m - 1 :] += sum(table(rows[..., a]).float() for a, table in enumerate(self.lookup.tables))
        grams = torch.arange(1, tokens + 1, device=e.device).clamp_max(self.o.longest)
        found = found / (grams * self.o.heads)[:, None]
        z = gate.alpha.float() * gate.proj(torch.cat([gate.norm(e), gate.norm(found)], -1)).float() + gate.beta.float()
        return e + gate.gamma.float() / 2 * (1 + torch.erf(z)) * found

class Hrm(Part):
    """Passes of one small gated map: h ← h + tanh(gate) up(silu(down([norm(h); x]))) (arXiv:2506.21734)."""
    def make(self, c, o):
        self.norm, self.gate = Norm(c.width, c.eps), vector(o.steps)
        self.down, self.up = linear(2 * c.width, o.rank), linear(o.rank, c.width)
    def forward(self, x):
        h, anchor = x, x.to(self.down.weight.dtype)
        for gate in self.gate.float():
            h = h + torch.tanh(gate) * self.up(F.silu(self.down(torch.cat([self.norm(h), anchor], -1)))).float()
        return h

# -- the model. A composition names parts by these words.
MIXERS = {
    "attention": ("self_attn", Attention), "low_rank_attention": ("self_attn", Attention),
    "rwkv7": ("rwkv7", Rwkv7), "rwkv7_published": ("rwkv7", Rwkv7Published),
    "mamba2": ("mamba2", Mamba2), "mamba2_published": ("mamba2", Mamba2Published),
}
FEEDS = {
    "swiglu": Swiglu, "lowrank_swiglu": Swiglu, "ternary_swiglu": Swiglu, "rwkv7_channel_mix": Rwkv7ChannelMix,
    "mixture": Mixture, "routed_lowrank_swiglu": Mixture, "none": None,
}
MEMORIES, REFINEMENTS = {"engram": Engram}, {"hrm": Hrm}

class Layer(nn.Module):
    def __init__(self, c, layer, join, value):
        super().__init__()
        self.join, self.sites = join["kind"], []
        self.ve_gate = vector(1) if value else None
        mixer, feed = layer["mixer"], layer["feed"]
        for part, name, kind, before, after, hyper in (
            (mixer, *MIXERS[mixer["kind"]], "input_layernorm", "post_mixer_norm", "hyper_mixer"),
            (feed, "mlp", FEEDS[feed["kind"]], "post_attention_layernorm", "post_feed_norm", "hyper_feed"),
        ):
            if kind is None:
                continue
            self.add_module(name, kind(c, part))
            self.add_module(before, Norm(c.width, c.eps, c.norm))
            self.add_module(after, Norm(c.width, c.eps, c.norm) if self.join in ("sandwich", "sum_norm") else None)
            self.add_module(hyper, Hyper(c, join) if self.join == "hyper" else None)
            self.sites.append((name, before, hyper if self.join == "hyper" else after))
    def forward(self, x, run):
        for site, (name, before, beside) in enumerate(self.sites):
            def value(y):  # a token's embedding, once more into what its mixer reads
                gate = self.ve_gate if site == 0 else None
                return y if gate is None else y + torch.tanh(gate.float()) * run.carried["embedding"]
            def branch(y):
                y = value(y) if self.join == "hyper" else y
                return getattr(self, name)(getattr(self, before)(y), run).float()
            x = JOINS[self.join](x if self.join == "hyper" else value(x), branch, getattr(self, beside))
        return x

class Trunk(nn.Module):
    def __init__(self, m):
        super().__init__()
        c = SimpleNamespace(width=m["width"], norm=m["norm"], eps=m["norm_eps"])
        embed, join, refine = m["embed"], m["join"], m.get("refine")
        memory, self.steps, self.halts = embed.get("memory"), m["loop"]["steps"], m["loop"].get("halt") is not None
        self.embed_tokens = nn.Embedding(m["vocab"], c.width)
        self.embed_norm = Norm(c.width, c.eps, c.norm) if embed["norm"] else None
        self.engram = MEMORIES[memory["kind"]](c, memory) if memory else None
        layers = [layer for layer in m["layers"] for _ in range(layer.get("repeat", 1))]
        self.layers = nn.ModuleList(Layer(c, layer, join, embed["value"]) for layer in layers)
        self.streams = join["streams"] if join["kind"] == "hyper" else 0
        self.stream_mix = nn.ParameterDict({"weight": vector(self.streams)}) if self.streams else None
        self.hrm_refine = REFINEMENTS[refine["kind"]](c, refine) if refine else None
        self.norm = Norm(c.width, c.eps, c.norm)
    def forward(self, ids):
        """The hidden states [B, T, D] that are read out: of every loop step when the model halts, else of the last."""
        run = SimpleNamespace(ids=ids, table=self.embed_tokens.weight, carried={})  # what layers hand on
        stream = self.embed_tokens(ids).float()
        stream = stream if self.embed_norm is None else self.embed_norm(stream).float()
        run.carried["embedding"] = stream
        stream = stream if self.engram is None else self.engram(stream, run)
        if self.streams:
            stream = stream[:, :, None].expand(-1, -1, self.streams, -1)
        hidden = []
        for step in range(self.steps):
            for layer in self.layers:
                stream = layer(stream, run)
            if self.halts or step + 1 == self.steps:
                x = stream
                if self.streams:
                    x = (self.stream_mix["weight"].double().softmax(0).float()[:, None] * stream).sum(-2)
                hidden.append(self.norm(x if self.hrm_refine is None else self.hrm_refine(x)))
        return hidden

class BantamForCausalLM(PreTrainedModel, GenerationMixin):
    config_class = BantamConfig
    base_model_prefix = "model"
    _no_split_modules = ["Layer"]
    _supports_default_dynamic_cache = classmethod(lambda cls: False)

    def __init__(self, config):
        super().__init__(config)
        if config.bantam is None:
            raise ValueError("config.json has no bantam, which holds the composition")
        m = config.bantam["model"]
        self.halt = m["loop"].get("halt")
        self.model = Trunk(m)
        self.lm_head = None if m["embed"]["tied"] else linear(m["width"], m["vocab"])
        self.halt_head = nn.ModuleDict({"proj": linear(m["width"], 1, True)}) if self.halt else None
        self.keep_training_heads(m["width"], m["heads"])
        self.post_init()

    def keep_training_heads(self, d, heads):
        """Heads that only training uses: not run here, but kept with the model."""
        mtp, jepa, decision = heads["mtp"], heads.get("jepa"), heads.get("decision")
        block = {"norm_in": [d], "w1": [2 * d, d], "w2": [d, 2 * d], "norm_out": [d]}
        shapes = {f"mtp.{k}.{name}.weight": shape for k in range(2, mtp["k"] + 1) for name, shape in block.items()}
        if mtp["form"] == "projection":
            shapes = {f"mtp_heads.{k}.proj.weight": [d, d] for k in range(mtp["k"] - 1)}
        if jepa:
            inner = {"norm.weight": [d], "down.weight": [jepa["rank"], d], "up.weight": [d, jepa["rank"]]}
            shapes |= {f"jepa.{name}": shape for name, shape in (inner | {"gate": [jepa["horizon"]]}).items()}
        if decision:
            inner = {"norm": [d], "w1": [d // 2, d], "w2": [decision["classes"], d // 2]}
            shapes |= {f"decision.{name}.weight": shape for name, shape in inner.items()}
        for name, shape in shapes.items():
            *path, last = name.split(".")
            module = self
            for word in path:
                module.add_module(word, getattr(module, word, nn.Module()))
                module = getattr(module, word)
            module.register_parameter(last, vector(*shape))

    def get_input_embeddings(self):
        return self.model.embed_tokens

    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, logits_to_keep=0, **kwargs):
        return {"input_ids": input_ids, "attention_mask": attention_mask, "logits_to_keep": logits_to_keep}

    def hazards(self, hidden):
        """λ [B, T] of each loop step but the last: how readily it is the one that counts."""
        return [torch.sigmoid(self.halt_head["proj"](h).double()).squeeze(-1) for h in hidden[:-1]] if self.halt else []

    def exits(self, hidden):
        """[B, T]: the first loop step whose hazard reaches the threshold, else the last."""
        step = torch.full(hidden[-1].shape[:2], len(hidden) - 1, device=hidden[-1].device)
        for r, hazard in reversed(list(enumerate(self.hazards(hidden)))):
            step = step.masked_fill(hazard >= self.halt["threshold"], r)
        return step

    def project(self, hidden):
        return F.linear(hidden, (self.model.embed_tokens if self.lm_head is None else self.lm_head).weight).float()

    def read_out(self, ids, keep=0):
        hidden = self.model(ids)
        step = self.exits(hidden)[..., None, None].expand(-1, -1, 1, hidden[-1].shape[-1])
        return self.project(torch.stack(hidden, 2).gather(2, step).squeeze(2)[:, -keep:])
    def forward(self, input_ids, attention_mask=None, labels=None, logits_to_keep=0, return_dict=None, **other):
        """Logits [B, T, V]; loss: their cross-entropy with the next of `labels` (−100: none), and no more of what the program
        trains on. Masked positions may stand before or behind a sequence, not within; their logits are zero."""
        counted = other.pop("num_items_in_batch", None)
        unknown = [k for k, v in other.items() if k != "use_cache" and v is not None and v is not False]
        if unknown:
            raise ValueError(f"this model takes input_ids, attention_mask and labels; got {', '.join(unknown)}")
        if attention_mask is None or bool(attention_mask.bool().all()):
            logits = self.read_out(input_ids, logits_to_keep)
        else:
            logits = torch.stack([self.masked_row(*row) for row in zip(input_ids, attention_mask.bool())])
            logits = logits[:, -logits_to_keep:]
        loss = None if labels is None else self.loss_function(logits, labels, logits.shape[-1], num_items_in_batch=counted)
        output = CausalLMOutput(loss=loss, logits=logits)
        return output if return_dict is not False else output.to_tuple()

    def masked_row(self, ids_T, mask_T):
        there = mask_T.nonzero().flatten()
        logits = torch.zeros(len(ids_T), self.config.bantam["model"]["vocab"], device=ids_T.device)
        if len(there) > 0 and int(there[-1] - there[0]) + 1 != len(there):
            raise ValueError("attention_mask: masks a token within a sequence; wanted padding before or behind it only")
        return logits.index_copy(0, there, self.read_out(ids_T[there][None])[0]) if len(there) > 0 else logits
