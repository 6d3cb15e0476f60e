#include "ops/rwkv7.h"

#include <algorithm>
#include <cstring>

#include "base/threads.h"
#include "ops/rwkv7_reference.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/rwkv7.cpp"
#include "simd/foreach_target.h"

#ifndef BANTAM_OPS_RWKV7_ONCE
#define BANTAM_OPS_RWKV7_ONCE
namespace bantam {
namespace {

// The state is kept before every such token, and recomputed from there on the way back.
constexpr size_t kKept = 16;

using Matrices = Rwkv7Matrices;
using GradientMatrices = Rwkv7Gradients;

// One head of one segment. States lie as [K][padded K]: one row a key, one lane a value.
struct HeadTask {
  size_t start, length, head, width;
  float* kept;         // states before tokens 16, 32, …; null when nobody will ask
  size_t kept_stride;  // from one to the next

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

// A row of f32 or bf16, as f32 vectors; zeros past the end. A head's rows lie too far apart for the CPU to
// foresee, so the row that is `ahead` rows further is fetched.
struct Row {
  const char* data;
  bool is_bf16;
  size_t count;
  ptrdiff_t ahead;  // bytes

  Row(const ConstMat& m, size_t row, size_t col, size_t n, int rows_ahead)
      : data(static_cast<const char*>(m.data) + (row * m.stride + col) * bytes_of(m.dtype)),
        is_bf16(m.dtype == Dtype::bf16),
        count(n),
        ahead(rows_ahead * static_cast<ptrdiff_t>(m.stride * bytes_of(m.dtype))) {}
  HWY_INLINE V at(size_t j) const { return is_bf16 ? vector<bf16>(j) : vector<float>(j); }

 private:
  template <class T>
  HWY_INLINE V vector(size_t j) const {
    const T* p = reinterpret_cast<const T*>(data) + j;
    __builtin_prefetch(data + j * sizeof(T) + ahead);
    if (j + lanes() <= count) return load(p);
    return j < count ? load_tail(p, count - j) : zero();
  }
};

// One token's numbers in f32, zeros from K on.
struct Token {
  float *r, *w, *k, *v, *kappa;
  float *w_kappa, *b;  // w ⊙ κ and a κ
  float* u;            // S diag(w) κ, once the token was stepped over
  float a;

  static size_t size(size_t padded) { return 8 * padded; }
  Token(float* memory, size_t padded)
      : r(memory),
        w(r + padded),
        k(w + padded),
        v(k + padded),
        kappa(v + padded),
        w_kappa(kappa + padded),
        b(w_kappa + padded),
        u(b + padded),
        a(0) {}

  void read(const Matrices& x, const HeadTask& task, size_t t) {
    const size_t row = task.start + t, col = task.col(), n = task.width;
    const auto row_of = [&](const ConstMat& m) { return Row(m, row, col, n, 2); };
    const Row r_t = row_of(x.r), w_t = row_of(x.w), k_t = row_of(x.k), v_t = row_of(x.v),
              kappa_t = row_of(x.kappa);
    a = hn::GetLane(Row(x.a, row, task.head, 1, 2).at(0));
    const V a_t = set(a);
    for (size_t j = 0; j < task.padded(); j += lanes()) {
      const V w_j = w_t.at(j), kappa_j = kappa_t.at(j);
      store(r_t.at(j), r + j), store(k_t.at(j), k + j), store(v_t.at(j), v + j);
      store(w_j, w + j), store(kappa_j, kappa + j);
      store(hn::Mul(w_j, kappa_j), w_kappa + j), store(hn::Mul(a_t, kappa_j), b + j);
    }
  }
};

// u = S diag(w) κ for N vectors of value indices from i on; two chains, of even and odd keys.
template <int N>
HWY_INLINE void removed(const Token& x, const float* state, size_t width, size_t padded, size_t i, V* u) {
  const size_t step = lanes();
  V odd[N];
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) u[n] = odd[n] = zero();
  for (size_t j = 0; j < width; j += 2) {
    // With an odd K the last row is read twice, times 0 the second time: κ is padded with zeros.
    const float *even_row = state + j * padded + i, *odd_row = j + 1 < width ? even_row + padded : even_row;
    const V even_c = set(x.w_kappa[j]), odd_c = j + 1 < width ? set(x.w_kappa[j + 1]) : zero();
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
      u[n] = hn::MulAdd(load(even_row + n * step), even_c, u[n]);
      odd[n] = hn::MulAdd(load(odd_row + n * step), odd_c, odd[n]);
    }
  }
#pragma GCC unroll 4
  for (int n = 0; n < N; ++n) u[n] = hn::Add(u[n], odd[n]);
}

// S' = S diag(w) − u (a κ)ᵀ + v kᵀ and o = S' r, for N vectors of value indices from i on. `next` may be
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

// Runs f<N>(i) over all vectors of value indices, as many at a time as registers hold.
template <class F>
HWY_INLINE void each_vectors(size_t padded, F f) {
  constexpr int kMost = HWY_MAX_BYTES >= 64 ? 4 : 2;
  const size_t step = lanes();
  size_t i = 0;
  for (; i + kMost * step <= padded; i += kMost * step) f.template operator()<kMost>(i);
  for (; i + 2 * step <= padded; i += 2 * step) f.template operator()<2>(i);
  for (; i < padded; i += step) f.template operator()<1>(i);
}

void one_step(const Token& x, const float* state, float* next, size_t width, size_t padded, float* o) {
  each_vectors(padded,
               [&]<int N>(size_t i) HWY_ATTR { step_values<N>(x, state, next, width, padded, i, o); });
}

void write_row(const float* from, size_t count, const Mat& to, size_t row, size_t col, bool accumulate) {
  dispatch(to.dtype, [&]<class T>() {
    map_into(
        count, to.row<T>(row) + col, accumulate, [](V v) HWY_ATTR { return v; }, from);
  });
}

size_t forward_scratch(size_t width) {
  const size_t padded = (width + 15) / 16 * 16;
  return width * padded + Token::size(padded) + padded;
}

// `state` is where the segment starts and is left where it ends.
void forward(const Matrices& x, const HeadTask& task, float* state, float* scratch, Mat o) {
  const size_t padded = task.padded();
  Token token(scratch, padded);
  float* o_K = scratch + Token::size(padded);
  for (size_t t = 0; t < task.length; ++t) {
    if (task.kept != nullptr && t % kKept == 0 && t > 0)
      std::memcpy(task.kept + (t / kKept) * task.kept_stride, state, task.state_size() * sizeof(float));
    token.read(x, task, t);
    one_step(token, state, state, task.width, padded, o_K);
    write_row(o_K, task.width, o, task.start + t, task.col(), false);
  }
}

// Lane n: the sum over the lanes of s[n], n < lanes().
HWY_INLINE V sums_of_lanes(const float (*s)[16]) {
#if HWY_TARGET == HWY_SCALAR
  return load(s[0]);
#else
  const F32Tag d;
  const hn::RepartitionToWide<F32Tag> d2;
  const auto pair = [&](V x, V y) HWY_ATTR {
    return hn::BitCast(d2, hn::Add(hn::InterleaveLower(d, x, y), hn::InterleaveUpper(d, x, y)));
  };
  // Every block of 128 bits holds a part of each of four sums.
  const auto four = [&](size_t n) HWY_ATTR {
    const auto a = pair(load(s[n]), load(s[n + 1])), b = pair(load(s[n + 2]), load(s[n + 3]));
    return hn::Add(hn::BitCast(d, hn::InterleaveLower(d2, a, b)),
                   hn::BitCast(d, hn::InterleaveUpper(d2, a, b)));
  };
#if HWY_MAX_BYTES == 16
  return four(0);
#else
  // x's parts in the even blocks, y's in the odd ones.
  const auto blocks = [&](V x, V y) HWY_ATTR {
    return hn::Add(hn::OddEvenBlocks(y, x), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(x, y)));
  };
#if HWY_MAX_BYTES == 32
  return blocks(four(0), four(4));
#else
  const auto halves = [&](V x, V y) HWY_ATTR {
    return hn::Add(hn::ConcatLowerLower(d, y, x), hn::ConcatUpperUpper(d, y, x));
  };
  return blocks(halves(four(0), four(8)), halves(four(4), four(12)));
#endif
#endif
#endif
}

// One token's gradients, or the sums that they are made of.
struct TokenGradients {
  float *r, *w, *k, *v, *kappa, *b;
  static size_t size(size_t padded) { return 6 * padded; }
  TokenGradients(float* memory, size_t padded)
      : r(memory), w(r + padded), k(w + padded), v(k + padded), kappa(v + padded), b(kappa + padded) {}
};

// With G the gradient of S' (o's share not yet in it) and A = S diag(w), for N vectors of value indices from
// i on:
//   G += do rᵀ     dr = S'ᵀ do    dv = G k    dk = Gᵀ v    du = −G b    db = −Gᵀ u
//   dA = G + du κᵀ    dκ = Aᵀ du    dw_j = Σ_i dA_ij S_ij    and G becomes dA diag(w), the gradient of S
// `to` takes Σ over i of S do, S du and G S as they are; finish_gradients makes dr, dκ and dw of them.
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
    const V kappa = set(x.kappa[j]), w = set(x.w[j]);
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
      const size_t at = j * padded + i + n * step;
      const V g_n = load(g + at), s_n = load(state + at);
      s_do = hn::MulAdd(s_n, o[n], s_do);
      s_du = hn::MulAdd(s_n, du[n], s_du);
      gv = hn::MulAdd(g_n, v[n], gv);
      gu = hn::MulAdd(g_n, u[n], gu);
      gs = hn::MulAdd(g_n, s_n, gs);
      store(hn::Mul(hn::MulAdd(du[n], kappa, g_n), w), g + at);
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

// Makes the gradients of the sums that step_back_values took over value indices, and da. S' = A − u bᵀ + v
// kᵀ.
float finish_gradients(const Token& x, const float* d_o, size_t width, const TokenGradients& to) {
  const auto dot = [&](const float* p, const float* q) HWY_ATTR {
    return sum(
        width, [](V y, V z) HWY_ATTR { return hn::Mul(y, z); }, p, q);
  };
  const V u_do = set(dot(x.u, d_o)), v_do = set(dot(x.v, d_o)), a = set(x.a);
  for (size_t j = 0; j < width; j += lanes()) {
    const V w = load(x.w + j), kappa = load(x.kappa + j), s_du = load(to.kappa + j),
            db = hn::Neg(load(to.b + j));
    const V added = hn::NegMulAdd(load(x.b + j), u_do, hn::Mul(load(x.k + j), v_do));
    store(hn::MulAdd(w, load(to.r + j), added), to.r + j);
    store(hn::MulAdd(kappa, s_du, load(to.w + j)), to.w + j);
    store(hn::MulAdd(w, s_du, hn::Mul(a, db)), to.kappa + j);
    store(db, to.b + j);
  }
  return dot(x.kappa, to.b);
}

size_t backward_scratch(size_t width) {
  const size_t padded = (width + 15) / 16 * 16;
  return (kKept + 2) * width * padded + kKept * Token::size(padded) + 2 * padded +
         TokenGradients::size(padded);
}

void backward(const Matrices& x, const HeadTask& task, ConstMat d_o, float* scratch,
              const GradientMatrices& to) {
  const size_t padded = task.padded(), size = task.state_size(), width = task.width;
  float *states = scratch, *g = states + (kKept + 1) * size, *tokens = g + size;
  float *o_K = tokens + kKept * Token::size(padded), *do_K = o_K + padded;
  const TokenGradients sums(do_K + padded, padded);
  std::memset(g, 0, size * sizeof(float));
  for (size_t chunk = (task.length + kKept - 1) / kKept; chunk-- > 0;) {
    const size_t first = chunk * kKept, count = std::min(kKept, task.length - first);
    if (chunk == 0)
      std::memset(states, 0, size * sizeof(float));
    else
      std::memcpy(states, task.kept + chunk * task.kept_stride, size * sizeof(float));
    const auto token_at = [&](size_t n) { return Token(tokens + n * Token::size(padded), padded); };
    float a[kKept];
    for (size_t n = 0; n < count; ++n) {
      Token token = token_at(n);
      token.read(x, task, first + n);
      a[n] = token.a;
      one_step(token, states + n * size, states + (n + 1) * size, width, padded, o_K);
    }
    for (size_t n = count; n-- > 0;) {
      const size_t row = task.start + first + n;
      Token token = token_at(n);
      token.a = a[n];
      const Row do_t(d_o, row, task.col(), width, -2);
      for (size_t j = 0; j < padded; j += lanes()) store(do_t.at(j), do_K + j);
      each_vectors(padded, [&]<int N>(size_t i) HWY_ATTR {
        step_back_values<N>(token, do_K, states + n * size, g, width, padded, i, sums);
      });
      const float da = finish_gradients(token, do_K, width, sums);
      const auto write = [&](const GradientTarget& target, const float* from, size_t length, size_t col) {
        if (target.mat.data != nullptr) write_row(from, length, target.mat, row, col, target.accumulate);
      };
      write(to.r, sums.r, width, task.col());
      write(to.w, sums.w, width, task.col());
      write(to.k, sums.k, width, task.col());
      write(to.v, sums.v, width, task.col());
      write(to.kappa, sums.kappa, width, task.col());
      write(to.a, &da, 1, task.head);
    }
  }
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
  return {x.r.mat(), x.w.mat(), x.k.mat(), x.v.mat(), x.kappa.mat(), x.a.mat()};
}

size_t chunks_of(const Segment& s) { return (s.length + kKept - 1) / kKept; }
size_t chunks_of(const Segments& segments) {
  size_t sum = 0;
  for (const Segment& s : segments) sum += chunks_of(s);
  return sum;
}

// Calls f(segment index, task) for every head of every segment, in parallel. kept: [chunks, H states].
template <class F>
void each_head(const Segments& segments, size_t heads, size_t width, const Mat& kept, F f) {
  parallel_for(segments.size() * heads, [&](size_t n) {
    const size_t s = n / heads, head = n % heads;
    size_t chunk = 0;
    for (size_t i = 0; i < s; ++i) chunk += chunks_of(segments[i]);
    HeadTask task{segments[s].start, segments[s].length, head, width, nullptr, kept.stride};
    if (kept.data != nullptr) task.kept = kept.row<float>(chunk) + head * task.state_size();
    f(s, task);
  });
}

void cpu_forward(const Matrices& x, size_t heads, const Segments& segments, Mat o, Mat kept) {
  const size_t width = o.cols / heads;
  each_head(segments, heads, width, kept, [&](size_t, const HeadTask& task) {
    float* scratch = thread_scratch<float>(0, HWY_DYNAMIC_DISPATCH(forward_scratch)(width)).data();
    std::memset(scratch, 0, task.state_size() * sizeof(float));
    HWY_DYNAMIC_DISPATCH(forward)(x, task, scratch, scratch + task.state_size(), o);
  });
}

void cpu_step(const Matrices& x, size_t heads, const Segments& segments, std::span<float* const> states,
              Mat o) {
  const size_t width = o.cols / heads;
  each_head(segments, heads, width, Mat(), [&](size_t s, const HeadTask& task) {
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
  each_head(segments, heads, width, kept, [&](size_t, const HeadTask& task) {
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
  require(x.a.rows() == rows && x.a.cols() == heads, ErrorCode::invalid,
          "rwkv7: a is [{}, {}], wanted [{}, {}]", x.a.rows(), x.a.cols(), rows, heads);
  size_t row = 0;
  for (const Segment& segment : segments) {
    require(segment.start == row, ErrorCode::invalid, "rwkv7: a segment starts at row {}, wanted {}",
            segment.start, row);
    row += segment.length;
  }
  require(row == rows, ErrorCode::invalid, "rwkv7: segments cover {} rows of {}", row, rows);
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
  const size_t width = x.v.cols() / heads, state = HeadTask{0, 0, 0, width, nullptr, 0}.state_size();
  Output o = like(x.v);
  Output kept;
  if (learns(x) && device != Device::reference)
    kept = Output(chunks_of(segments), heads * state, Dtype::f32, device);
  rwkv7_kernel(device, mats_of(x), heads, segments, o.mat(), kept.mat());
  count_flops(device, flops_of(x, heads));
  return record(
      "rwkv7", std::move(o), {&x.r, &x.w, &x.k, &x.v, &x.kappa, &x.a},
      [x, heads, segments, kept](Sink& sink, const Tensor& d_o) {
        const auto into = [&](const Tensor& m) { return sink.wants(m) ? sink.into(m) : GradientTarget{}; };
        const GradientMatrices to{into(x.r), into(x.w), into(x.k), into(x.v), into(x.kappa), into(x.a)};
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
