#include "ops/rwkv7.h"

#include <algorithm>
#include <cstring>

#include "ops/recurrence.h"
#include "ops/rwkv7_reference.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/rwkv7.cpp"
#include "simd/foreach_target.h"
#include "simd/state-inl.h"

#ifndef BANTAM_OPS_RWKV7_ONCE
#define BANTAM_OPS_RWKV7_ONCE
namespace bantam {
namespace {

using Removal = Rwkv7Removal;
using Matrices = Rwkv7Matrices;
using GradientMatrices = Rwkv7Gradients;

// One head of one segment. States lie as [K][padded K]: one row a key, one lane a value.
struct HeadTask {
  size_t start, length, head, width;
  Removal removal;
  bool scalar_rate;  // one a for the head
  float* kept = nullptr;
  size_t kept_stride = 0;

  size_t padded() const { return (width + 15) / 16 * 16; }
  size_t state_size() const { return width * padded(); }
  size_t col() const { return head * width; }
};

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// One token's numbers in f32, zeros from K on.
struct Token {
  float *r, *w, *k, *v, *kappa, *a;
  float *c, *b;  // the direction that is read for removal, w ⊙ κ or κ, and the one that is taken off, a ⊙ κ
  float* u;  // S c, once the token was stepped over

  static size_t size(size_t padded) { return 9 * padded; }
  Token(float* memory, size_t padded)
      : r(memory),
        w(r + padded),
        k(w + padded),
        v(k + padded),
        kappa(v + padded),
        a(kappa + padded),
        c(a + padded),
        b(c + padded),
        u(b + padded) {}

  template <Removal kRemoval>
  void read(const Matrices& x, const HeadTask& task, size_t t) {
    const size_t row = task.start + t, col = task.col(), n = task.width;
    const auto row_of = [&](const ConstMat& m) { return Row(m, row, col, n, 2); };
    const Row r_t = row_of(x.r), w_t = row_of(x.w), k_t = row_of(x.k), v_t = row_of(x.v),
              kappa_t = row_of(x.kappa);
    const bool one_a = task.scalar_rate;
    const Row a_t(x.a, row, one_a ? task.head : col, one_a ? 1 : n, 2);
    const V a_all = set(hn::GetLane(a_t.at(0)));
    for (size_t j = 0; j < task.padded(); j += lanes()) {
      const V w_j = w_t.at(j), kappa_j = kappa_t.at(j), a_j = one_a ? a_all : a_t.at(j);
      store(r_t.at(j), r + j), store(k_t.at(j), k + j), store(v_t.at(j), v + j);
      store(w_j, w + j), store(kappa_j, kappa + j), store(a_j, a + j);
      store(kRemoval == Removal::decayed ? hn::Mul(w_j, kappa_j) : kappa_j, c + j);
      store(hn::Mul(a_j, kappa_j), b + j);
    }
  }
};

// u = S c for N vectors of value indices from i on; two chains, of even and odd keys.
template <int N>
HWY_INLINE void removed(const Token& x, const float* state, size_t width, size_t padded, size_t i, V* u) {
  const size_t step = lanes();
  V odd[N];
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) u[n] = odd[n] = zero();
  for (size_t j = 0; j < width; j += 2) {
    // With an odd K the last row is read twice, times 0 the second time: c is padded with zeros.
    const float *even_row = state + j * padded + i, *odd_row = j + 1 < width ? even_row + padded : even_row;
    const V even_c = set(x.c[j]), odd_c = j + 1 < width ? set(x.c[j + 1]) : zero();
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
      u[n] = hn::MulAdd(load(even_row + n * step), even_c, u[n]);
      odd[n] = hn::MulAdd(load(odd_row + n * step), odd_c, odd[n]);
    }
  }
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) u[n] = hn::Add(u[n], odd[n]);
}

// S' = S diag(w) − u bᵀ + v kᵀ and o = S' r, for N vectors of value indices from i on. `next` may be
// `state`.
template <int N>
HWY_INLINE void step_values(const Token& x, const float* state, float* next, size_t width, size_t padded,
                            size_t i, float* o) {
  const size_t step = lanes();
  V u[N], v[N], sum[2][N];
  removed<N>(x, state, width, padded, i, u);
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) {
    store(u[n], x.u + i + n * step);
    v[n] = load(x.v + i + n * step);
    sum[0][n] = sum[1][n] = zero();
  }
  const auto key = [&](size_t j, V* out) HWY_ATTR {
    const float* from = state + j * padded + i;
    float* to = next + j * padded + i;
    const V w = set(x.w[j]), k = set(x.k[j]), b = set(x.b[j]), r = set(x.r[j]);
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
      const V kept = hn::MulAdd(v[n], k, hn::Mul(load(from + n * step), w));
      const V s = hn::NegMulAdd(u[n], b, kept);
      store(s, to + n * step);
      out[n] = hn::MulAdd(s, r, out[n]);
    }
  };
  size_t j = 0;
  for (; j + 2 <= width; j += 2) key(j, sum[0]), key(j + 1, sum[1]);
  if (j < width) key(j, sum[0]);
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) store(hn::Add(sum[0][n], sum[1][n]), o + i + n * step);
}

void one_step(const Token& x, const float* state, float* next, size_t width, size_t padded, float* o) {
  each_vectors(padded,
               [&]<int N>(size_t i) HWY_ATTR { step_values<N>(x, state, next, width, padded, i, o); });
}

size_t forward_scratch(size_t width) {
  const size_t padded = (width + 15) / 16 * 16;
  return width * padded + Token::size(padded) + padded;
}

// `state` is where the segment starts and is left where it ends.
template <Removal kRemoval>
void forward_as(const Matrices& x, const HeadTask& task, float* state, float* scratch, Mat o) {
  const size_t padded = task.padded();
  Token token(scratch, padded);
  float* o_K = scratch + Token::size(padded);
  for (size_t t = 0; t < task.length; ++t) {
    if (task.kept != nullptr && t % kKeptTokens == 0 && t > 0)
      std::memcpy(task.kept + (t / kKeptTokens - 1) * task.kept_stride, state,
                  task.state_size() * sizeof(float));
    token.read<kRemoval>(x, task, t);
    one_step(token, state, state, task.width, padded, o_K);
    write_row(o_K, task.width, o, task.start + t, task.col(), false);
  }
}

// One token's gradients, or the sums that they are made of.
struct TokenGradients {
  float *r, *w, *k, *v, *kappa, *b;
  static size_t size(size_t padded) { return 6 * padded; }
  TokenGradients(float* memory, size_t padded)
      : r(memory), w(r + padded), k(w + padded), v(k + padded), kappa(v + padded), b(kappa + padded) {}
};

// With G the gradient of S' (o's share not yet in it), for N vectors of value indices from i on:
//   G += do rᵀ     dr = S'ᵀ do    dv = G k    dk = Gᵀ v    du = −G b    db = −Gᵀ u
//   dc = Sᵀ du     dw_j = Σ_i G_ij S_ij       and G becomes G diag(w) + du cᵀ, the gradient of S
// `to` takes Σ over i of S do, S du and G S as they are; finish_gradients makes dr, dκ, dw and da of them.
template <int N>
HWY_INLINE void step_back_values(const Token& x, const float* d_o, const float* state, float* g, size_t width,
                                 size_t padded, size_t i, const TokenGradients& to) {
  const size_t step = lanes();
  V u[N], v[N], dv[N], du[N], o[N];
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) {
    u[n] = load(x.u + i + n * step);
    v[n] = load(x.v + i + n * step);
    o[n] = load(d_o + i + n * step);
    dv[n] = du[n] = zero();
  }
  for (size_t j = 0; j < width; ++j) {
    const V r = set(x.r[j]), k = set(x.k[j]), b = set(x.b[j]);
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
      float* at = g + j * padded + i + n * step;
      const V g_n = hn::MulAdd(o[n], r, load(at));
      store(g_n, at);
      dv[n] = hn::MulAdd(g_n, k, dv[n]);
      du[n] = hn::NegMulAdd(g_n, b, du[n]);
    }
  }
  HWY_ALIGN float sums[5][16][16];
  for (size_t j = 0; j < width; ++j) {
    V s_do = zero(), s_du = zero(), gv = zero(), gu = zero(), gs = zero();
    const V c = set(x.c[j]), w = set(x.w[j]);
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
      const size_t at = j * padded + i + n * step;
      const V g_n = load(g + at), s_n = load(state + at);
      s_do = hn::MulAdd(s_n, o[n], s_do);
      s_du = hn::MulAdd(s_n, du[n], s_du);
      gv = hn::MulAdd(g_n, v[n], gv);
      gu = hn::MulAdd(g_n, u[n], gu);
      gs = hn::MulAdd(g_n, s_n, gs);
      store(hn::MulAdd(du[n], c, hn::Mul(g_n, w)), g + at);
    }
    const size_t m = j % step, first = j - m;
    store(s_do, sums[0][m]), store(s_du, sums[1][m]), store(gv, sums[2][m]), store(gu, sums[3][m]);
    store(gs, sums[4][m]);
    if (m + 1 != step && j + 1 != width) continue;
    // Past the last key stale sums are folded too; they land in the padding.
    float* const sinks[] = {to.r, to.kappa, to.k, to.b, to.w};
    for (int q = 0; q < 5; ++q) {
      const V total = sums_of_lanes(sums[q]);
      store(i == 0 ? total : hn::Add(total, load(sinks[q] + first)), sinks[q] + first);
    }
  }
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) store(dv[n], to.v + i + n * step);
}

// Makes the gradients of the sums that step_back_values took over value indices; da in place of db. In S' = S diag(w) −
// u bᵀ + v kᵀ the direction c is w ⊙ κ, or κ itself.
template <Removal kRemoval>
void finish_gradients(const Token& x, const float* d_o, size_t width, const TokenGradients& to) {
  const auto dot = [&](const float* p, const float* q) HWY_ATTR {
    return sum(
        width, [](V y, V z) HWY_ATTR { return hn::Mul(y, z); }, p, q);
  };
  const V u_do = set(dot(x.u, d_o)), v_do = set(dot(x.v, d_o));
  for (size_t j = 0; j < width; j += lanes()) {
    const V w = load(x.w + j), kappa = load(x.kappa + j), dc = load(to.kappa + j),
            db = hn::Neg(load(to.b + j));
    const V added = hn::NegMulAdd(load(x.b + j), u_do, hn::Mul(load(x.k + j), v_do));
    store(hn::MulAdd(w, load(to.r + j), added), to.r + j);
    const V of_b = hn::Mul(load(x.a + j), db);
    if constexpr (kRemoval == Removal::decayed) {
      store(hn::MulAdd(kappa, dc, load(to.w + j)), to.w + j);
      store(hn::MulAdd(w, dc, of_b), to.kappa + j);
    } else {
      store(hn::Add(dc, of_b), to.kappa + j);
    }
    store(hn::Mul(kappa, db), to.b + j);
  }
}

size_t backward_scratch(size_t width) {
  const size_t padded = (width + 15) / 16 * 16;
  return (kKeptTokens + 2) * width * padded + kKeptTokens * Token::size(padded) + 2 * padded +
         TokenGradients::size(padded);
}

template <Removal kRemoval>
void backward_as(const Matrices& x, const HeadTask& task, ConstMat d_o, float* scratch,
                 const GradientMatrices& to) {
  const size_t padded = task.padded(), size = task.state_size(), width = task.width;
  float *states = scratch, *g = states + (kKeptTokens + 1) * size, *tokens = g + size;
  float *o_K = tokens + kKeptTokens * Token::size(padded), *do_K = o_K + padded;
  const TokenGradients sums(do_K + padded, padded);
  std::memset(g, 0, size * sizeof(float));
  for (size_t chunk = (task.length + kKeptTokens - 1) / kKeptTokens; chunk-- > 0;) {
    const size_t first = chunk * kKeptTokens, count = std::min(kKeptTokens, task.length - first);
    if (chunk == 0)
      std::memset(states, 0, size * sizeof(float));
    else
      std::memcpy(states, task.kept + (chunk - 1) * task.kept_stride, size * sizeof(float));
    const auto token_at = [&](size_t n) { return Token(tokens + n * Token::size(padded), padded); };
    for (size_t n = 0; n < count; ++n) {
      Token token = token_at(n);
      token.read<kRemoval>(x, task, first + n);
      one_step(token, states + n * size, states + (n + 1) * size, width, padded, o_K);
    }
    for (size_t n = count; n-- > 0;) {
      const size_t row = task.start + first + n;
      const Token token = token_at(n);
      const Row do_t(d_o, row, task.col(), width, -2);
      for (size_t j = 0; j < padded; j += lanes()) store(do_t.at(j), do_K + j);
      each_vectors(padded, [&]<int N>(size_t i) HWY_ATTR {
        step_back_values<N>(token, do_K, states + n * size, g, width, padded, i, sums);
      });
      finish_gradients<kRemoval>(token, do_K, width, sums);
      const auto write = [&](const GradientTarget& target, const float* from, size_t length, size_t col) {
        if (target.mat.data != nullptr) write_row(from, length, target.mat, row, col, target.accumulate);
      };
      write(to.r, sums.r, width, task.col());
      write(to.w, sums.w, width, task.col());
      write(to.k, sums.k, width, task.col());
      write(to.v, sums.v, width, task.col());
      write(to.kappa, sums.kappa, width, task.col());
      if (task.scalar_rate) {
        const float da = sum(
            width, [](V v) HWY_ATTR { return v; }, static_cast<const float*>(sums.b));
        write(to.a, &da, 1, task.head);
      } else {
        write(to.a, sums.b, width, task.col());
      }
    }
  }
}

void forward(const Matrices& x, const HeadTask& task, float* state, float* scratch, Mat o) {
  const auto run =
      task.removal == Removal::decayed ? forward_as<Removal::decayed> : forward_as<Removal::undecayed>;
  run(x, task, state, scratch, o);
}

void backward(const Matrices& x, const HeadTask& task, ConstMat d_o, float* scratch,
              const GradientMatrices& to) {
  const auto run =
      task.removal == Removal::decayed ? backward_as<Removal::decayed> : backward_as<Removal::undecayed>;
  run(x, task, d_o, scratch, to);
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(forward);
HWY_EXPORT(forward_scratch);
HWY_EXPORT(backward);
HWY_EXPORT(backward_scratch);

Matrices mats_of(const Rwkv7Inputs& x) {
  return {x.r.mat(), x.w.mat(), x.k.mat(), x.v.mat(), x.kappa.mat(), x.a.mat(), x.removal};
}

// Calls f(segment index, task) for every head of every segment, in parallel. kept: [states, H states].
template <class F>
void each_head(const Matrices& x, const Segments& segments, size_t heads, const Mat& kept, F f) {
  const size_t width = x.v.cols / heads;
  const HeadTask any{0, 0, 0, width, x.removal, x.a.cols == heads};
  each_state(segments, heads, any.state_size(), kept, [&](const StateTask& part) {
    HeadTask task = any;
    task.start = segments[part.segment].start, task.length = segments[part.segment].length,
    task.head = part.part;
    task.kept = part.kept, task.kept_stride = part.kept_stride;
    f(part.segment, task);
  });
}

void cpu_forward(const Matrices& x, size_t heads, const Segments& segments, Mat o, Mat kept) {
  const size_t width = o.cols / heads;
  each_head(x, segments, heads, kept, [&](size_t, const HeadTask& task) {
    float* scratch = thread_scratch<float>(0, HWY_DYNAMIC_DISPATCH(forward_scratch)(width)).data();
    std::memset(scratch, 0, task.state_size() * sizeof(float));
    HWY_DYNAMIC_DISPATCH(forward)(x, task, scratch, scratch + task.state_size(), o);
  });
}

void cpu_step(const Matrices& x, size_t heads, const Segments& segments, std::span<float* const> states,
              Mat o) {
  const size_t width = o.cols / heads;
  each_head(x, segments, heads, Mat(), [&](size_t s, const HeadTask& task) {
    float* scratch = thread_scratch<float>(0, HWY_DYNAMIC_DISPATCH(forward_scratch)(width)).data();
    float* const state = states[s] + task.head * width * width;
    const size_t padded = task.padded();
    if (padded == width) return HWY_DYNAMIC_DISPATCH(forward)(x, task, state, scratch + task.state_size(), o);
    std::memset(scratch, 0, task.state_size() * sizeof(float));
    for (size_t j = 0; j < width; ++j)
      std::memcpy(scratch + j * padded, state + j * width, width * sizeof(float));
    HWY_DYNAMIC_DISPATCH(forward)(x, task, scratch, scratch + task.state_size(), o);
    for (size_t j = 0; j < width; ++j)
      std::memcpy(state + j * width, scratch + j * padded, width * sizeof(float));
  });
}

void cpu_backward(const Matrices& x, size_t heads, const Segments& segments, Mat kept, ConstMat d_o,
                  const GradientMatrices& to) {
  const size_t width = d_o.cols / heads;
  each_head(x, segments, heads, kept, [&](size_t, const HeadTask& task) {
    float* scratch = thread_scratch<float>(0, HWY_DYNAMIC_DISPATCH(backward_scratch)(width)).data();
    HWY_DYNAMIC_DISPATCH(backward)(x, task, d_o, scratch, to);
  });
}

constinit Kernel<void(const Matrices&, size_t, const Segments&, Mat, Mat)> rwkv7_kernel{
    "rwkv7", cpu_forward, rwkv7_reference_forward};
constinit Kernel<void(const Matrices&, size_t, const Segments&, Mat, ConstMat, const GradientMatrices&)>
    rwkv7_backward{"rwkv7 backward", cpu_backward, rwkv7_reference_backward};
constinit Kernel<void(const Matrices&, size_t, const Segments&, std::span<float* const>, Mat)>
    rwkv7_step_kernel{"rwkv7 step", cpu_step, nullptr};

void check(const Rwkv7Inputs& x, size_t heads, const Segments& segments) {
  const size_t rows = x.v.rows(), cols = x.v.cols();
  require(heads > 0 && cols % heads == 0, ErrorCode::invalid, "rwkv7: {} columns in {} heads", cols, heads);
  for (const Tensor* m : {&x.r, &x.w, &x.k, &x.kappa})
    require(m->rows() == rows && m->cols() == cols, ErrorCode::invalid,
            "rwkv7: an input is [{}, {}], v is [{}, {}]", m->rows(), m->cols(), rows, cols);
  require(x.a.rows() == rows && (x.a.cols() == heads || x.a.cols() == cols), ErrorCode::invalid,
          "rwkv7: a is [{}, {}], wanted [{}, {}] or [{}, {}]", x.a.rows(), x.a.cols(), rows, heads, rows,
          cols);
  check_segments("rwkv7", segments, rows);
}

// Per element of the state: decay and u (3), the two rank-one terms (4), the read-out (2).
double flops_of(const Rwkv7Inputs& x, size_t heads) {
  return 9.0 * static_cast<double>(x.v.rows()) * static_cast<double>(x.v.cols()) *
         static_cast<double>(x.v.cols() / heads);
}

bool learns(const Rwkv7Inputs& x) {
  for (const Tensor* m : {&x.r, &x.w, &x.k, &x.v, &x.kappa, &x.a})
    if (m->needs_gradient()) return true;
  return false;
}

}  // namespace

Tensor rwkv7(const Rwkv7Inputs& x, size_t heads, const Segments& segments) {
  check(x, heads, segments);
  const Device device = x.v.device();
  const size_t width = x.v.cols() / heads;
  const size_t state = HeadTask{0, 0, 0, width, x.removal, false}.state_size();
  Output o = like(x.v);
  Output kept;
  if (learns(x) && device != Device::reference)
    kept = Output(kept_states(x.v.rows()), heads * state, Dtype::f32, device);
  rwkv7_kernel(device, mats_of(x), heads, segments, o.mat(), kept.mat());
  count_flops(device, flops_of(x, heads));
  return record("rwkv7", std::move(o), {&x.r, &x.w, &x.k, &x.v, &x.kappa, &x.a},
                [x, heads, segments, kept](Sink& sink, const Tensor& d_o) {
                  const GradientMatrices to{sink.into_wanted(x.r),     sink.into_wanted(x.w),
                                            sink.into_wanted(x.k),     sink.into_wanted(x.v),
                                            sink.into_wanted(x.kappa), sink.into_wanted(x.a)};
                  rwkv7_backward(d_o.device(), mats_of(x), heads, segments, kept.mat(), d_o.mat(), to);
                  // The states again, then about twice the work.
                  count_flops(d_o.device(), 3 * flops_of(x, heads));
                });
}

Tensor rwkv7_step(const Rwkv7Inputs& x, size_t heads, const Segments& segments,
                  std::span<float* const> states) {
  check(x, heads, segments);
  require(states.size() == segments.size(), ErrorCode::invalid, "rwkv7: {} states for {} segments",
          states.size(), segments.size());
  require(!learns(x), ErrorCode::unsupported, "rwkv7 step: has no gradient; train with rwkv7()");
  Output o = like(x.v);
  rwkv7_step_kernel(x.v.device(), mats_of(x), heads, segments, states, o.mat());
  count_flops(x.v.device(), flops_of(x, heads));
  return constant("decoding: nothing learns", std::move(o));
}

}  // namespace bantam
#endif
