// With l the sum of log a from the chunk's start on, M_ts = e^(l_t − l_s) for s ≤ t (else 0), e_t = e^(l_t),
// f_t = e^(l_L − l_t) for the chunk's last token L, X = δ x, H the state before the chunk and H' behind it, [N, P] each:
//   G = C Bᵀ    Y = (G ∘ M) X + e ∘ (C H) + D x    H' = e_L H + Bᵀ (f ∘ X)
// On the way back, with Q and Q' the gradients of H and H':
//   Q = e_L Q' + Cᵀ (e ∘ dY)    W = M ∘ (dY Xᵀ)    dX = (G ∘ M)ᵀ dY + f ∘ (B Q')
//   dC = Σ W B + e ∘ (dY Hᵀ)    dB = Σ Wᵀ C + f ∘ (X Q'ᵀ)                                    sums over a group's heads
//   dl_t = Σ_s (W ∘ G)_ts − Σ_r (W ∘ G)_rt + e_t C_t·(H dY_t) − f_t B_t·(Q' X_t),  and for L: Σ of those with f + e_L ⟨Q', H⟩
// Dimensions:  L tokens of a chunk   P width of a head   N state of a group; [·, P] rows are padded to whole vectors
#include "ops/mamba2_chunks.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/threads.h"
#include "tensor/arena.h"
#include "tensor/kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/mamba2_chunks.cpp"
#include "simd/foreach_target.h"
#include "simd/state-inl.h"
#include "simd/tiles-inl.h"

#ifndef BANTAM_OPS_MAMBA2_CHUNKS_ONCE
#define BANTAM_OPS_MAMBA2_CHUNKS_ONCE
namespace bantam {
namespace {

constexpr size_t kL = kMamba2Chunk, kStrip = 12;  // rows that products over a triangle take at a time

size_t padded_to(size_t n) { return (n + 15) / 16 * 16; }

struct Mamba2Shape {
  size_t heads, groups, p, n, padded_p, padded_n;

  explicit Mamba2Shape(const Mamba2Matrices& m)
      : heads(m.heads),
        groups(m.groups),
        p(m.x.cols / m.heads),
        n(m.b.cols / m.groups),
        padded_p(padded_to(p)),
        padded_n(padded_to(n)) {}
  size_t state() const { return n * padded_p; }  // of a head
};

// before, after: rows of the states on its two sides, null where there is none to read or to write.
struct Mamba2Chunk {
  size_t row, count;
  float *before, *after;
};

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

void read_row(const ConstMat& m, size_t row, size_t col, size_t count, size_t padded, float* to) {
  dispatch(m.dtype, [&]<class T>() {
    map(
        count, to, [](V v) HWY_ATTR { return v; }, m.row<T>(row) + col);
  });
  std::fill(to + count, to + padded, 0.0f);
}

// The chunk's rows of a matrix's columns; zeros past its last.
void read_rows(const ConstMat& m, const Mamba2Chunk& chunk, size_t col, size_t count, size_t padded,
               float* to) {
  const char* first = static_cast<const char*>(m.data) + (chunk.row * m.stride + col) * bytes_of(m.dtype);
  for (size_t t = 0; t < chunk.count; ++t) {
    // Rows lie too far apart for the CPU to foresee.
    for (size_t byte = 0; byte < count * bytes_of(m.dtype); byte += 64)
      __builtin_prefetch(first + (t + 6) * m.stride * bytes_of(m.dtype) + byte);
    read_row(m, chunk.row + t, col, count, padded, to + t * padded);
  }
  std::fill(to + chunk.count * padded, to + kL * padded, 0.0f);
}

// to[i] = or += scale · from[i]; whole vectors.
HWY_INLINE void scaled(const float* from, size_t padded, float scale, float* to, bool add) {
  const V s = set(scale);
  for (size_t i = 0; i < padded; i += lanes())
    store(add ? hn::MulAdd(load(from + i), s, load(to + i)) : hn::Mul(load(from + i), s), to + i);
}

// [64][cols] → [cols][64] and back.
void turn_rows(const float* from, size_t cols, float* to) {
  turn(from, cols, kL, cols, [&](size_t w, size_t r, V v) HWY_ATTR { store(v, to + w * kL + r); });
}
void turn_back(const float* from, size_t cols, float* to) {
  turn(from, kL, cols, kL, [&](size_t w, size_t r, V v) HWY_ATTR { store(v, to + w * cols + r); });
}

// c = or += Aᵀ B over the chunk's tokens: a [L][rows of a stride], b [L][padded].
void add_over_tokens(const float* a, size_t stride, size_t rows, const float* b, size_t padded, size_t count,
                     float* c, bool add) {
  multiply<F32Words>(Product<float>{a, 1, stride, b, padded, c, padded, rows, padded / lanes(), count, add});
}

// One head's decays in a chunk. Sums are made in f64 and kept in two halves, so that what lies between two tokens is exact
// however much was forgotten before them.
struct Decays {
  HWY_ALIGN float high[kL], low[kL], from_start[kL], to_end[kL];  // l in two halves, e, f
  float whole;                                                    // e_L

  Decays(const Mamba2Matrices& m, const Mamba2Chunk& chunk, size_t head) {
    double sum = 0, sums[kL];
    for (size_t t = 0; t < kL; ++t) {
      if (t < chunk.count) {
        const float log = m.log_decay.row<float>(chunk.row + t)[head];
        sum += log < -200 ? -200 : static_cast<double>(log);  // nothing is left of it either way
      }
      sums[t] = sum;
      high[t] = static_cast<float>(sum);
      low[t] = static_cast<float>(sum - static_cast<double>(high[t]));
      from_start[t] = static_cast<float>(sum);
    }
    for (size_t t = 0; t < kL; ++t) to_end[t] = static_cast<float>(sum - sums[t]);
    for (size_t t = 0; t < kL; t += lanes()) {
      store(exp(load(from_start + t)), from_start + t);
      store(exp(load(to_end + t)), to_end + t);
    }
    whole = from_start[kL - 1];
  }
  // M_t from s on.
  HWY_INLINE V between(size_t t, size_t s) const {
    const V l = hn::Add(hn::Sub(set(high[t]), load(high + s)), hn::Sub(set(low[t]), load(low + s)));
    return hn::IfThenElseZero(hn::FirstN(F32Tag(), t + 1 - s), exp(l));
  }
};

// What a group's heads share in a chunk, [64][padded N] and G, [64][64], of which no more is written than is read.
struct GroupRows {
  float *b, *c, *b_turned, *g;

  static size_t size(const Mamba2Shape& s) { return 3 * kL * s.padded_n + kL * kL; }
  GroupRows(float* memory, const Mamba2Shape& s)
      : b(memory), c(b + kL * s.padded_n), b_turned(c + kL * s.padded_n), g(b_turned + kL * s.padded_n) {}

  void read(const Mamba2Matrices& m, const Mamba2Shape& s, const Mamba2Chunk& chunk, size_t group) {
    read_rows(m.b, chunk, group * s.n, s.n, s.padded_n, b);
    read_rows(m.c, chunk, group * s.n, s.n, s.padded_n, c);
    turn_rows(b, s.padded_n, b_turned);
    for (size_t t = 0; t < chunk.count; t += kStrip) {
      const size_t rows = std::min(kStrip, chunk.count - t);
      multiply<F32Words>(Product<float>{c + t * s.padded_n, s.padded_n, 1, b_turned, kL, g + t * kL, kL, rows,
                                        (t + rows + lanes() - 1) / lanes(), s.n, false});
    }
  }
};

float step_of(const Mamba2Matrices& m, size_t row, size_t head) {
  return m.step.data == nullptr ? 1.0f : m.step.row<float>(row)[head];
}

// x and δ x of one head, [64][padded P].
void read_inputs(const Mamba2Matrices& m, const Mamba2Shape& s, const Mamba2Chunk& chunk, size_t head,
                 float* x, float* in) {
  read_rows(m.x, chunk, head * s.p, s.p, s.padded_p, x);
  for (size_t t = 0; t < kL; ++t)
    scaled(x + t * s.padded_p, s.padded_p, t < chunk.count ? step_of(m, chunk.row + t, head) : 0,
           in + t * s.padded_p, false);
}

size_t add_scratch(const Mamba2Shape& s) { return kL * (s.padded_n + 2 * s.padded_p); }

// What a chunk adds to the state behind it: Bᵀ (f ∘ X).
void add_to_state(const Mamba2Matrices& m, const Mamba2Chunk& chunk, float* scratch) {
  const Mamba2Shape s(m);
  float *b = scratch, *x = b + kL * s.padded_n, *in = x + kL * s.padded_p;
  for (size_t h = 0; h < s.heads; ++h) {
    const size_t group = h / (s.heads / s.groups);
    if (h % (s.heads / s.groups) == 0) read_rows(m.b, chunk, group * s.n, s.n, s.padded_n, b);
    read_inputs(m, s, chunk, h, x, in);
    const Decays decays(m, chunk, h);
    for (size_t t = 0; t < chunk.count; ++t)
      scaled(in + t * s.padded_p, s.padded_p, decays.to_end[t], in + t * s.padded_p, false);
    add_over_tokens(b, s.padded_n, s.n, in, s.padded_p, chunk.count, chunk.after + h * s.state(), false);
  }
}

// The same on the way back: what a chunk adds to the gradient of the state before it, Cᵀ (e ∘ dY), into `before`.
void add_to_gradient(const Mamba2Matrices& m, ConstMat dy, const Mamba2Chunk& chunk, float* scratch) {
  const Mamba2Shape s(m);
  float *c = scratch, *dy_P = c + kL * s.padded_n;
  for (size_t h = 0; h < s.heads; ++h) {
    const size_t group = h / (s.heads / s.groups);
    if (h % (s.heads / s.groups) == 0) read_rows(m.c, chunk, group * s.n, s.n, s.padded_n, c);
    read_rows(dy, chunk, h * s.p, s.p, s.padded_p, dy_P);
    const Decays decays(m, chunk, h);
    for (size_t t = 0; t < chunk.count; ++t)
      scaled(dy_P + t * s.padded_p, s.padded_p, decays.from_start[t], dy_P + t * s.padded_p, false);
    add_over_tokens(c, s.padded_n, s.n, dy_P, s.padded_p, chunk.count, chunk.before + h * s.state(), false);
  }
}

// One head's state (or its gradient) from one side of a chunk to the other: to += e_L from. Result: e_L ⟨from, other⟩.
float carry(const Mamba2Matrices& m, const Mamba2Chunk& chunk, size_t head, const float* from, float* to,
            const float* other) {
  const Mamba2Shape s(m);
  const float whole = Decays(m, chunk, head).whole;
  scaled(from, s.state(), whole, to, true);
  return other == nullptr
             ? 0
             : whole * sum(
                           s.state(), [](V a, V b) HWY_ATTR { return hn::Mul(a, b); }, from, other);
}

// (G ∘ M) of a head, [64][64]; zero above the diagonal as far as products over strips read.
void masked_products(const Decays& decays, const float* g, size_t count, float* gm) {
  for (size_t t = 0; t < count; ++t) {
    const size_t end = std::min(kL, (t / kStrip + 1) * kStrip);
    size_t j = 0;
    for (; j <= t; j += lanes()) store(hn::Mul(decays.between(t, j), load(g + t * kL + j)), gm + t * kL + j);
    for (; j < end; j += lanes()) store(zero(), gm + t * kL + j);
  }
}

size_t forward_scratch(const Mamba2Shape& s) { return GroupRows::size(s) + kL * (kL + 3 * s.padded_p); }

void forward(const Mamba2Matrices& m, const Mamba2Chunk& chunk, float* scratch, Mat y) {
  const Mamba2Shape s(m);
  GroupRows group(scratch, s);
  const size_t width = s.padded_p, vectors = width / lanes();
  float *gm = scratch + GroupRows::size(s), *x = gm + kL * kL, *in = x + kL * width, *y_P = in + kL * width;
  for (size_t h = 0; h < s.heads; ++h) {
    if (h % (s.heads / s.groups) == 0) group.read(m, s, chunk, h / (s.heads / s.groups));
    read_inputs(m, s, chunk, h, x, in);
    const Decays decays(m, chunk, h);
    masked_products(decays, group.g, chunk.count, gm);
    if (chunk.before != nullptr)
      multiply<F32Words>(Product<float>{group.c, s.padded_n, 1, chunk.before + h * s.state(), width, y_P,
                                        width, chunk.count, vectors, s.n, false});
    const float skip = m.skip.row<float>(0)[h];
    for (size_t t = 0; t < chunk.count; ++t) {
      float* y_t = y_P + t * width;
      if (chunk.before != nullptr) scaled(y_t, width, decays.from_start[t], y_t, false);
      scaled(x + t * width, width, skip, y_t, chunk.before != nullptr);
    }
    for (size_t t = 0; t < chunk.count; t += kStrip) {
      const size_t rows = std::min(kStrip, chunk.count - t);
      multiply<F32Words>(Product<float>{gm + t * kL, kL, 1, in, width, y_P + t * width, width, rows, vectors,
                                        t + rows, true});
    }
    for (size_t t = 0; t < chunk.count; ++t)
      write_row(y_P + t * width, s.p, y, chunk.row + t, h * s.p, false);
  }
}

// What the way back of one chunk works on.
struct BackwardPlace {
  GroupRows group;
  float *c_turned, *db, *dc, *share;  // [padded N][64]
  float *gm, *w, *dg;                 // [64][64]
  float *x, *in, *dy, *d_in, *read;   // [64][padded P]
  float *in_turned, *dy_turned;       // [padded P][64]

  static size_t size(const Mamba2Shape& s) {
    return GroupRows::size(s) + kL * (4 * s.padded_n + 3 * kL + 7 * s.padded_p);
  }
  BackwardPlace(float* memory, const Mamba2Shape& s) : group(memory, s) {
    memory += GroupRows::size(s);
    for (float** place : {&c_turned, &db, &dc, &share}) *place = memory, memory += kL * s.padded_n;
    for (float** place : {&gm, &w, &dg}) *place = memory, memory += kL * kL;
    for (float** place : {&x, &in, &dy, &d_in, &read, &in_turned, &dy_turned})
      *place = memory, memory += kL * s.padded_p;
  }
};

// The gradient of l, by what it comes from.
struct DecayGradients {
  HWY_ALIGN float within[kL], before[kL], after[kL];
};

// W and (G ∘ M) of a head, dG += W, and what tokens of the chunk do to l. Columns from the diagonal on are zero.
void pairs_back(const Mamba2Chunk& chunk, const Mamba2Shape& s, const Decays& decays, const BackwardPlace& at,
                DecayGradients& d) {
  const size_t step = lanes();
  masked_products(decays, at.group.g, chunk.count, at.gm);
  for (size_t t = 0; t < chunk.count; t += kStrip) {
    const size_t rows = std::min(kStrip, chunk.count - t);
    multiply<F32Words>(Product<float>{at.dy + t * s.padded_p, s.padded_p, 1, at.in_turned, kL, at.w + t * kL,
                                      kL, rows, (t + rows + step - 1) / step, s.p, false});
  }
  std::fill_n(d.within, kL, 0.0f);
  for (size_t t = 0; t < chunk.count; ++t) {
    V own = zero();
    for (size_t j = 0; j <= t; j += step) {
      const V product = load(at.w + t * kL + j), w = hn::Mul(product, decays.between(t, j));
      const V both = hn::Mul(product, load(at.gm + t * kL + j));
      store(hn::Add(load(at.dg + t * kL + j), w), at.dg + t * kL + j);
      store(hn::Sub(load(d.within + j), both), d.within + j);
      own = hn::Add(own, both);
    }
    d.within[t] += sum_lanes(own);
  }
}

// to[p][t] = from[p][t] by[t], in place.
void scale_columns(float* m, size_t rows, const float* by) {
  for (size_t p = 0; p < rows; ++p)
    for (size_t t = 0; t < kL; t += lanes())
      store(hn::Mul(load(m + p * kL + t), load(by + t)), m + p * kL + t);
}

// share = S A with a state S [N][P] and A [P][64]; total += share, and lanes of Σ_n share ∘ with.
void through_state(const Mamba2Shape& s, const float* state, const float* a, const float* with, float* share,
                   float* total, float* sums) {
  multiply<F32Words>(Product<float>{state, s.padded_p, 1, a, kL, share, kL, s.n, kL / lanes(), s.p, false});
  std::fill_n(sums, kL, 0.0f);
  for (size_t n = 0; n < s.n; ++n)
    for (size_t t = 0; t < kL; t += lanes()) {
      const V v = load(share + n * kL + t);
      store(hn::Add(load(total + n * kL + t), v), total + n * kL + t);
      store(hn::MulAdd(v, load(with + n * kL + t), load(sums + t)), sums + t);
    }
}

// dX of a head, and what states on both sides do to B, C and l. `q`: the gradient behind the chunk, or null.
void head_back(const Mamba2Chunk& chunk, const Mamba2Shape& s, const Decays& decays, const BackwardPlace& at,
               const float* state, const float* q, DecayGradients& d) {
  const size_t width = s.padded_p, vectors = width / lanes();
  turn_rows(at.in, width, at.in_turned);
  turn_rows(at.dy, width, at.dy_turned);
  pairs_back(chunk, s, decays, at, d);
  for (size_t t = 0; t < chunk.count; t += kStrip)
    multiply<F32Words>(Product<float>{at.gm + t * kL + t, 1, kL, at.dy + t * width, width,
                                      at.d_in + t * width, width, std::min(kStrip, chunk.count - t), vectors,
                                      chunk.count - t, false});
  std::fill_n(d.before, kL, 0.0f);
  std::fill_n(d.after, kL, 0.0f);
  if (state != nullptr) {
    scale_columns(at.dy_turned, s.p, decays.from_start);
    through_state(s, state, at.dy_turned, at.c_turned, at.share, at.dc, d.before);
  }
  if (q == nullptr) return;
  scale_columns(at.in_turned, s.p, decays.to_end);
  through_state(s, q, at.in_turned, at.group.b_turned, at.share, at.db, d.after);
  multiply<F32Words>(
      Product<float>{at.group.b, s.padded_n, 1, q, width, at.read, width, chunk.count, vectors, s.n, false});
  for (size_t t = 0; t < chunk.count; ++t)
    scaled(at.read + t * width, width, decays.to_end[t], at.d_in + t * width, true);
}

// Gradients of log a and δ, and dx, of one head; Σ dy x goes to `skip`. carried: e_L ⟨Q', H⟩.
void write_head(const Mamba2Matrices& m, const Mamba2Chunk& chunk, const Mamba2Shape& s, size_t head,
                const BackwardPlace& at, const DecayGradients& d, float carried, const Mamba2Gradients& to,
                float* skip) {
  const size_t width = s.padded_p;
  const auto dot = [&](const float* a, const float* b) HWY_ATTR {
    return sum(
        width, [](V x, V y) HWY_ATTR { return hn::Mul(x, y); }, a, b);
  };
  const auto give = [&](const GradientTarget& target, size_t row, float value) {
    if (target.mat.data == nullptr) return;
    float& at_head = target.mat.row<float>(row)[head];
    at_head = target.accumulate ? at_head + value : value;
  };
  const V by_skip = set(m.skip.row<float>(0)[head]);
  double dl = static_cast<double>(carried), skipped = 0;
  for (size_t t = 0; t < chunk.count; ++t) dl += static_cast<double>(d.after[t]);
  for (size_t t = chunk.count; t-- > 0;) {
    const size_t row = chunk.row + t;
    const float *x = at.x + t * width, *dy = at.dy + t * width;
    float* d_in = at.d_in + t * width;
    dl +=
        static_cast<double>(d.within[t]) + static_cast<double>(d.before[t]) - static_cast<double>(d.after[t]);
    give(to.log_decay, row, static_cast<float>(dl));
    give(to.step, row, dot(d_in, x));
    skipped += static_cast<double>(dot(dy, x));
    if (to.x.mat.data == nullptr) continue;
    const V step = set(step_of(m, row, head));
    map(
        width, d_in, [&](V v, V g) HWY_ATTR { return hn::MulAdd(v, step, hn::Mul(g, by_skip)); },
        static_cast<const float*>(d_in), dy);
    write_row(d_in, s.p, to.x.mat, row, head * s.p, to.x.accumulate);
  }
  *skip = static_cast<float>(skipped);
}

// dB and dC of a group, [64][padded N], out of its heads' sums.
void write_group(const Mamba2Chunk& chunk, const Mamba2Shape& s, size_t group, const BackwardPlace& at,
                 const Mamba2Gradients& to) {
  const size_t width = s.padded_n, vectors = width / lanes();
  float* rows_N = at.share;
  for (const bool of_b : {true, false}) {
    const GradientTarget& target = of_b ? to.b : to.c;
    if (target.mat.data == nullptr) continue;
    turn_back(of_b ? at.db : at.dc, width, rows_N);
    for (size_t t = 0; t < chunk.count; t += kStrip) {
      const size_t rows = std::min(kStrip, chunk.count - t);
      multiply<F32Words>(of_b
                             ? Product<float>{at.dg + t * kL + t, 1, kL, at.group.c + t * width, width,
                                              rows_N + t * width, width, rows, vectors, chunk.count - t, true}
                             : Product<float>{at.dg + t * kL, kL, 1, at.group.b, width, rows_N + t * width,
                                              width, rows, vectors, t + rows, true});
    }
    for (size_t t = 0; t < chunk.count; ++t)
      write_row(rows_N + t * width, s.n, target.mat, chunk.row + t, group * s.n, target.accumulate);
  }
}

size_t backward_scratch(const Mamba2Shape& s) { return BackwardPlace::size(s); }

// q: the gradients of the states behind the chunk, or null. carried: of each head e_L ⟨Q', H⟩, or null. skip: [H], Σ dy x.
void backward(const Mamba2Matrices& m, const Mamba2Chunk& chunk, const float* q, const float* carried,
              ConstMat dy, float* scratch, const Mamba2Gradients& to, float* skip) {
  const Mamba2Shape s(m);
  const size_t per_group = s.heads / s.groups;
  BackwardPlace at(scratch, s);
  for (size_t h = 0; h < s.heads; ++h) {
    if (h % per_group == 0) {
      at.group.read(m, s, chunk, h / per_group);
      turn_rows(at.group.c, s.padded_n, at.c_turned);
      for (float* sums : {at.db, at.dc}) std::fill_n(sums, kL * s.padded_n, 0.0f);
      std::fill_n(at.dg, kL * kL, 0.0f);
    }
    read_inputs(m, s, chunk, h, at.x, at.in);
    read_rows(dy, chunk, h * s.p, s.p, s.padded_p, at.dy);
    const Decays decays(m, chunk, h);
    DecayGradients d;
    head_back(chunk, s, decays, at, chunk.before == nullptr ? nullptr : chunk.before + h * s.state(),
              q == nullptr ? nullptr : q + h * s.state(), d);
    write_head(m, chunk, s, h, at, d, carried == nullptr ? 0 : carried[h], to, skip + h);
    if (h % per_group == per_group - 1) write_group(chunk, s, h / per_group, at, to);
  }
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(add_to_state);
HWY_EXPORT(add_to_gradient);
HWY_EXPORT(carry);
HWY_EXPORT(forward);
HWY_EXPORT(backward);
HWY_EXPORT(add_scratch);
HWY_EXPORT(forward_scratch);
HWY_EXPORT(backward_scratch);

size_t chunks_of(const Segment& s) { return (s.length + kL - 1) / kL; }

// All chunks, segment by segment. states: as kept, or no data.
std::vector<Mamba2Chunk> chunks_of(const Segments& segments, const Mat& states) {
  std::vector<Mamba2Chunk> chunks;
  size_t state = 0;
  for (const Segment& s : segments)
    for (size_t at = 0; at < s.length; at += kL) {
      const bool last = at + kL >= s.length;
      chunks.push_back({s.start + at, std::min(kL, s.length - at),
                        at == 0 ? nullptr : states.row<float>(state - 1),
                        last ? nullptr : states.row<float>(state)});
      if (!last) ++state;
    }
  return chunks;
}

float* scratch_of(size_t count) { return thread_scratch<float>(0, count).data(); }

// f(first chunk, number of them, head) for every head of every segment, in parallel.
template <class F>
void each_head(const Segments& segments, size_t heads, F f) {
  std::vector<size_t> first(1, 0);
  for (const Segment& s : segments) first.push_back(first.back() + chunks_of(s));
  parallel_for(segments.size() * heads, [&](size_t task) {
    const size_t s = task / heads;
    f(first[s], first[s + 1] - first[s], task % heads);
  });
}

}  // namespace

size_t mamba2_kept_rows(size_t tokens) { return tokens == 0 ? 0 : (tokens - 1) / kL; }

size_t mamba2_kept_cols(const Mamba2Matrices& m) { return m.heads * Mamba2Shape(m).state(); }

void mamba2_by_chunks(const Mamba2Matrices& m, const Segments& segments, Mat y, Mat kept) {
  const Mamba2Shape shape(m);
  const std::vector<Mamba2Chunk> chunks = chunks_of(segments, kept);
  parallel_for(chunks.size(), [&](size_t i) {
    if (chunks[i].after == nullptr) return;
    float* scratch = scratch_of(HWY_DYNAMIC_DISPATCH(add_scratch)(shape));
    HWY_DYNAMIC_DISPATCH(add_to_state)(m, chunks[i], scratch);
  });
  each_head(segments, m.heads, [&](size_t first, size_t count, size_t head) {
    const size_t at = head * shape.state();
    for (size_t i = first + 1; i + 1 < first + count; ++i) HWY_DYNAMIC_DISPATCH(carry)
    (m, chunks[i], head, chunks[i].before + at, chunks[i].after + at, nullptr);
  });
  parallel_for(chunks.size(), [&](size_t i) {
    float* scratch = scratch_of(HWY_DYNAMIC_DISPATCH(forward_scratch)(shape));
    HWY_DYNAMIC_DISPATCH(forward)(m, chunks[i], scratch, y);
  });
}

void mamba2_by_chunks_backward(const Mamba2Matrices& m, const Segments& segments, Mat kept, ConstMat dy,
                               Mat room, const Mamba2Gradients& to) {
  const Mamba2Shape shape(m);
  const std::vector<Mamba2Chunk> chunks = chunks_of(segments, kept), q = chunks_of(segments, room);
  parallel_for(chunks.size(), [&](size_t i) {
    if (q[i].before == nullptr) return;
    float* scratch = scratch_of(HWY_DYNAMIC_DISPATCH(add_scratch)(shape));
    HWY_DYNAMIC_DISPATCH(add_to_gradient)(m, dy, q[i], scratch);
  });
  std::vector<float> carried(chunks.size() * m.heads), skips(chunks.size() * m.heads);
  each_head(segments, m.heads, [&](size_t first, size_t count, size_t head) {
    const size_t at = head * shape.state();
    for (size_t i = first + count; i-- > first;)
      if (q[i].before != nullptr && q[i].after != nullptr)
        carried[i * m.heads + head] = HWY_DYNAMIC_DISPATCH(carry)(m, chunks[i], head, q[i].after + at,
                                                                  q[i].before + at, chunks[i].before + at);
  });
  parallel_for(chunks.size(), [&](size_t i) {
    float* scratch = scratch_of(HWY_DYNAMIC_DISPATCH(backward_scratch)(shape));
    HWY_DYNAMIC_DISPATCH(backward)
    (m, chunks[i], q[i].after, carried.data() + i * m.heads, dy, scratch, to, skips.data() + i * m.heads);
  });
  if (to.skip.mat.data == nullptr) return;
  for (size_t h = 0; h < m.heads; ++h) {
    double total = 0;
    for (size_t i = 0; i < chunks.size(); ++i) total += static_cast<double>(skips[i * m.heads + h]);
    float& skip = to.skip.mat.row<float>(0)[h];
    skip = static_cast<float>(total) + (to.skip.accumulate ? skip : 0);
  }
}

}  // namespace bantam
#endif
