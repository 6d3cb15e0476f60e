#include "ops/mamba2.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "ops/mamba2_reference.h"
#include "ops/recurrence.h"
#include "ops/row_sums.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/mamba2.cpp"
#include "simd/foreach_target.h"
#include "simd/state-inl.h"

#ifndef BANTAM_OPS_MAMBA2_ONCE
#define BANTAM_OPS_MAMBA2_ONCE
namespace bantam {
namespace {

// A head's values are worked on in blocks that registers hold.
constexpr size_t kBlock = 64;

// One block of values of one head of one segment. States lie as [N][padded values]: one row an index of B and C, one
// lane a value of x.
struct BlockTask {
  size_t start, length, head;
  size_t first, width;  // values of the head: columns first … first + width of x
  size_t group_col, n;  // the group's columns of B and C
  size_t index;         // among all blocks of a row
  float* kept;
  size_t kept_stride;

  size_t padded() const { return (width + 15) / 16 * 16; }
  size_t state_size() const { return n * padded(); }
};

// What each block adds to the gradients of B, C, log a, δ and D at one token, [T, blocks · size] in f32, so that sums
// over heads have one order.
struct Shares {
  size_t n;
  size_t size() const { return 2 * n + 3; }
  size_t c() const { return n; }
  size_t log_decay() const { return 2 * n; }
  size_t step() const { return 2 * n + 1; }
  size_t skip() const { return 2 * n + 2; }
};

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// One token's numbers in f32. x is zero from the block's width on.
struct Token {
  float *x = nullptr, *in = nullptr;  // in = δ x
  float *b = nullptr, *c = nullptr;
  float a = 0, step = 1, skip = 0;

  static size_t size(size_t padded, size_t n) { return 2 * padded + 2 * ((n + 15) / 16 * 16); }
  Token() = default;
  Token(float* memory, size_t padded, size_t n)
      : x(memory), in(x + padded), b(in + padded), c(b + (n + 15) / 16 * 16) {}

  void read(const Mamba2Matrices& m, const BlockTask& task, size_t t) {
    const size_t row = task.start + t;
    a = std::exp(m.log_decay.row<float>(row)[task.head]);
    step = m.step.data == nullptr ? 1.0f : m.step.row<float>(row)[task.head];
    skip = m.skip.row<float>(0)[task.head];
    const Row x_t(m.x, row, task.first, task.width, 2), b_t(m.b, row, task.group_col, task.n, 2),
        c_t(m.c, row, task.group_col, task.n, 2);
    for (size_t i = 0; i < task.padded(); i += lanes()) {
      const V x_i = x_t.at(i);
      store(x_i, x + i);
      store(hn::Mul(x_i, set(step)), in + i);
    }
    for (size_t j = 0; j < (task.n + 15) / 16 * 16; j += lanes())
      store(b_t.at(j), b + j), store(c_t.at(j), c + j);
  }
};

// h = a h + in ⊗ B and y = h C + D x, for N vectors of values from i on.
template <int N>
HWY_INLINE void step_values(const Token& x, float* state, size_t n, size_t padded, size_t i, float* y) {
  const size_t step = lanes();
  const V a = set(x.a);
  V in[N], sum[2][N];
#pragma GCC unroll 4
  for (int k = 0; k < N; ++k) {
    in[k] = load(x.in + i + k * step);
    sum[0][k] = hn::Mul(set(x.skip), load(x.x + i + k * step));
    sum[1][k] = zero();
  }
  const auto row = [&](size_t j, V* out) HWY_ATTR {
    float* at = state + j * padded + i;
    const V b = set(x.b[j]), c = set(x.c[j]);
#pragma GCC unroll 4
    for (int k = 0; k < N; ++k) {
      const V h = hn::MulAdd(in[k], b, hn::Mul(load(at + k * step), a));
      store(h, at + k * step);
      out[k] = hn::MulAdd(h, c, out[k]);
    }
  };
  size_t j = 0;
  for (; j + 2 <= n; j += 2) row(j, sum[0]), row(j + 1, sum[1]);
  if (j < n) row(j, sum[0]);
#pragma GCC unroll 4
  for (int k = 0; k < N; ++k) store(hn::Add(sum[0][k], sum[1][k]), y + i + k * step);
}

size_t forward_scratch(const BlockTask& task) {
  return task.state_size() + Token::size(task.padded(), task.n) + task.padded();
}

// `state` is where the segment starts and is left where it ends.
void forward(const Mamba2Matrices& m, const BlockTask& task, float* state, float* scratch, Mat y) {
  Token token(scratch, task.padded(), task.n);
  float* y_P = scratch + Token::size(task.padded(), task.n);
  for (size_t t = 0; t < task.length; ++t) {
    if (task.kept != nullptr && t % kKeptTokens == 0 && t > 0)
      std::memcpy(task.kept + (t / kKeptTokens) * task.kept_stride, state, task.state_size() * sizeof(float));
    token.read(m, task, t);
    each_vectors(task.padded(), [&]<int N>(size_t i) HWY_ATTR {
      step_values<N>(token, state, task.n, task.padded(), i, y_P);
    });
    write_row(y_P, task.width, y, task.start + t, task.first, false);
  }
}

// What the way back takes of up to 16 tokens: their numbers, dy, and sums over the state. Rows are padded to 16.
struct Chunk {
  Token token[kKeptTokens];
  float *dy, *d_in;  // [16, values]: dy, and Σ over rows of Q B
  float *db, *dc;    // [16, N]: Σ over values of Q in and of h dy
  float* da;         // [16, 16]: lanes of Σ Q ∘ h
  float* states;     // before each token: 16 rows of the state, as many values as registers hold
  size_t rows, count = 0;

  static size_t padded_rows(size_t n) { return (n + 15) / 16 * 16; }
  static size_t size(size_t padded, size_t n) {
    return kKeptTokens * (Token::size(padded, n) + 2 * padded + 2 * padded_rows(n) + 16 + 16 * kBlock);
  }
  Chunk(float* memory, size_t padded, size_t n)
      : dy(memory),
        d_in(dy + kKeptTokens * padded),
        db(d_in + kKeptTokens * padded),
        dc(db + kKeptTokens * padded_rows(n)),
        da(dc + kKeptTokens * padded_rows(n)),
        states(da + kKeptTokens * 16),
        rows(padded_rows(n)) {
    float* tokens = states + kKeptTokens * 16 * kBlock;
    for (size_t t = 0; t < kKeptTokens; ++t) token[t] = Token(tokens + t * Token::size(padded, n), padded, n);
  }

  void read(const Mamba2Matrices& m, const BlockTask& task, ConstMat dy_T, size_t first) {
    const size_t padded = task.padded();
    count = std::min(kKeptTokens, task.length - first);
    for (size_t t = 0; t < count; ++t) {
      token[t].read(m, task, first + t);
      const Row dy_t(dy_T, task.start + first + t, task.first, task.width, -2);
      for (size_t i = 0; i < padded; i += lanes()) store(dy_t.at(i), dy + t * padded + i);
    }
    std::memset(d_in, 0, kKeptTokens * padded * sizeof(float));
    std::memset(da, 0, kKeptTokens * 16 * sizeof(float));
  }
};

// 16 rows of the state (fewer at its end) and N vectors of values from i on.
struct Tile {
  size_t first, rows, padded, i;
};

// The states before each token of the chunk, from `state` before the first; null where that is zero.
template <int N>
HWY_INLINE void states_again(const Chunk& chunk, const Tile& tile, const float* state) {
  const size_t step = lanes(), size = 16 * N * step;
  for (size_t r = 0; r < tile.rows; ++r)
#pragma GCC unroll 4
    for (int k = 0; k < N; ++k)
      store(state == nullptr ? zero() : load(state + (tile.first + r) * tile.padded + tile.i + k * step),
            chunk.states + (r * N + k) * step);
  for (size_t t = 0; t + 1 < chunk.count; ++t) {
    const Token& x = chunk.token[t];
    const V a = set(x.a);
    V in[N];
#pragma GCC unroll 4
    for (int k = 0; k < N; ++k) in[k] = load(x.in + tile.i + k * step);
    for (size_t r = 0; r < tile.rows; ++r) {
      const float* from = chunk.states + t * size + r * N * step;
      float* to = chunk.states + (t + 1) * size + r * N * step;
      const V b = set(x.b[tile.first + r]);
#pragma GCC unroll 4
      for (int k = 0; k < N; ++k)
        store(hn::MulAdd(in[k], b, hn::Mul(load(from + k * step), a)), to + k * step);
    }
  }
}

// With Q the gradient of h' (y's share not yet in it):
//   Q += dy Cᵀ    dC = h'ᵀ dy = a hᵀ dy + B (in · dy)    dB = Qᵀ in    d_in = Q B    da = Σ Q ∘ h
// and Q becomes a Q, the gradient of h. Rows of the state do not mix: a tile goes back through all tokens of the chunk
// while it is near.
template <int N>
HWY_INLINE void tile_back(const Chunk& chunk, const Tile& tile, float* q) {
  const size_t step = lanes(), size = 16 * N * step;
  HWY_ALIGN float sums[2][16][16];
  for (size_t t = chunk.count; t-- > 0;) {
    const Token& x = chunk.token[t];
    const V a = set(x.a);
    float* d_in = chunk.d_in + t * tile.padded + tile.i;
    V in[N], dy[N], back[N], da[N];
#pragma GCC unroll 4
    for (int k = 0; k < N; ++k) {
      in[k] = load(x.in + tile.i + k * step);
      dy[k] = load(chunk.dy + t * tile.padded + tile.i + k * step);
      back[k] = load(d_in + k * step);
      da[k] = zero();
    }
    for (size_t r = 0; r < tile.rows; ++r) {
      const V b = set(x.b[tile.first + r]), c = set(x.c[tile.first + r]);
      const float* h = chunk.states + t * size + r * N * step;
      float* at = q + (tile.first + r) * tile.padded + tile.i;
      V h_dy = zero(), q_in = zero();
#pragma GCC unroll 4
      for (int k = 0; k < N; ++k) {
        const V h_k = load(h + k * step), q_k = hn::MulAdd(dy[k], c, load(at + k * step));
        h_dy = hn::MulAdd(h_k, dy[k], h_dy);
        q_in = hn::MulAdd(q_k, in[k], q_in);
        back[k] = hn::MulAdd(q_k, b, back[k]);
        da[k] = hn::MulAdd(q_k, h_k, da[k]);
        store(hn::Mul(q_k, a), at + k * step);
      }
      store(q_in, sums[0][r]), store(h_dy, sums[1][r]);
    }
    V da_t = load(chunk.da + t * 16);
#pragma GCC unroll 4
    for (int k = 0; k < N; ++k) {
      store(back[k], d_in + k * step);
      da_t = hn::Add(da_t, da[k]);
    }
    store(da_t, chunk.da + t * 16);
    // Past the last row stale sums are folded too; they land in the padding.
    for (size_t r = 0; r < tile.rows; r += step)
      for (const auto& [to, from] : {std::pair(chunk.db, sums[0]), std::pair(chunk.dc, sums[1])}) {
        float* sink = to + t * chunk.rows + tile.first + r;
        const V total = sums_of_lanes(from + r);
        store(tile.i == 0 ? total : hn::Add(total, load(sink)), sink);
      }
  }
}

size_t backward_scratch(const BlockTask& task) {
  return task.state_size() + Chunk::size(task.padded(), task.n) + task.padded();
}

// One token's dx, and the block's shares of everything else, of the sums over the state.
void finish_gradients(const BlockTask& task, const Chunk& chunk, size_t t, size_t row, float* dx_P,
                      const Mamba2Gradients& to, float* share) {
  const size_t padded = task.padded();
  const Token& token = chunk.token[t];
  const float *dy = chunk.dy + t * padded, *d_in = chunk.d_in + t * padded;
  const auto dot = [&](const float* p, const float* r) HWY_ATTR {
    return sum(
        padded, [](V y, V z) HWY_ATTR { return hn::Mul(y, z); }, p, r);
  };
  const Shares shares{task.n};
  const V in_dy = set(dot(token.in, dy)), a = set(token.a);
  const float *db = chunk.db + t * chunk.rows, *h_dy = chunk.dc + t * chunk.rows, *b = token.b;
  map(
      task.n, share, [](V v) HWY_ATTR { return v; }, db);
  map(
      task.n, share + shares.c(), [&](V v, V b_j) HWY_ATTR { return hn::MulAdd(b_j, in_dy, hn::Mul(v, a)); },
      h_dy, b);
  share[shares.log_decay()] = token.a * sum_lanes(load(chunk.da + t * 16));
  share[shares.step()] = dot(d_in, token.x);
  share[shares.skip()] = dot(dy, token.x);
  if (to.x.mat.data == nullptr) return;
  const V skip = set(token.skip), step = set(token.step);
  map(
      task.width, dx_P, [&](V d, V g) HWY_ATTR { return hn::MulAdd(d, step, hn::Mul(g, skip)); }, d_in, dy);
  write_row(dx_P, task.width, to.x.mat, row, task.first, to.x.accumulate);
}

void backward(const Mamba2Matrices& m, const BlockTask& task, ConstMat dy, float* scratch,
              const Mamba2Gradients& to, Mat all_shares) {
  const size_t padded = task.padded(), size = task.state_size();
  float *q = scratch, *dx_P = q + size + Chunk::size(padded, task.n);
  Chunk chunk(q + size, padded, task.n);
  std::memset(q, 0, size * sizeof(float));
  for (size_t c = (task.length + kKeptTokens - 1) / kKeptTokens; c-- > 0;) {
    const size_t first = c * kKeptTokens;
    chunk.read(m, task, dy, first);
    const float* state = c == 0 ? nullptr : task.kept + c * task.kept_stride;
    each_vectors(padded, [&]<int N>(size_t i) HWY_ATTR {
      for (size_t j = 0; j < task.n; j += 16) {
        const Tile tile{j, std::min<size_t>(16, task.n - j), padded, i};
        states_again<N>(chunk, tile, state);
        tile_back<N>(chunk, tile, q);
      }
    });
    for (size_t t = 0; t < chunk.count; ++t) {
      const size_t row = task.start + first + t;
      float* share = all_shares.row<float>(row) + task.index * Shares{task.n}.size();
      finish_gradients(task, chunk, t, row, dx_P, to, share);
    }
  }
}

// One row's shares, added up block after block and head after head.
void gather(const Mamba2Matrices& m, size_t t, const float* shares, size_t blocks_per_head,
            const Mamba2Gradients& to) {
  const size_t n = m.b.cols / m.groups, heads_per_group = m.heads / m.groups, size = Shares{n}.size();
  const size_t per_group = heads_per_group * blocks_per_head;
  float* total = thread_scratch<float>(1, n).data();
  for (const auto& [target, offset] : {std::pair(&to.b, size_t{0}), std::pair(&to.c, Shares{n}.c())}) {
    if (target->mat.data == nullptr) continue;
    for (size_t g = 0; g < m.groups; ++g) {
      std::memset(total, 0, n * sizeof(float));
      for (size_t i = 0; i < per_group; ++i)
        map(
            n, total, [](V x, V y) HWY_ATTR { return hn::Add(x, y); }, static_cast<const float*>(total),
            shares + (g * per_group + i) * size + offset);
      write_row(total, n, target->mat, t, g * n, target->accumulate);
    }
  }
  for (const auto& [target, offset] :
       {std::pair(&to.log_decay, Shares{n}.log_decay()), std::pair(&to.step, Shares{n}.step())}) {
    if (target->mat.data == nullptr) continue;
    for (size_t h = 0; h < m.heads; ++h) {
      float sum = 0;
      for (size_t i = 0; i < blocks_per_head; ++i) sum += shares[(h * blocks_per_head + i) * size + offset];
      float& to_h = target->mat.row<float>(t)[h];
      to_h = target->accumulate ? to_h + sum : sum;
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
HWY_EXPORT(gather);

size_t blocks_of(const Mamba2Matrices& m) { return (m.x.cols / m.heads + kBlock - 1) / kBlock; }

// The states of all blocks of a row of heads: the last block of a head may be narrower, and takes as much room.
size_t block_state(size_t width, size_t n) { return n * ((std::min(width, kBlock) + 15) / 16 * 16); }

// Calls f(segment, task) for every block of every head of every segment, in parallel.
template <class F>
void each_block(const Mamba2Matrices& m, const Segments& segments, const Mat& kept, F f) {
  const size_t width = m.x.cols / m.heads, n = m.b.cols / m.groups, blocks = blocks_of(m);
  each_state(segments, m.heads * blocks, block_state(width, n), kept, [&](const StateTask& part) {
    const size_t head = part.part / blocks, at = part.part % blocks * kBlock;
    const Segment& s = segments[part.segment];
    f(part.segment, BlockTask{s.start, s.length, head, head * width + at, std::min(kBlock, width - at),
                              head / (m.heads / m.groups) * n, n, part.part, part.kept, part.kept_stride});
  });
}

float* scratch_of(size_t count) { return thread_scratch<float>(0, count).data(); }

void cpu_forward(const Mamba2Matrices& m, const Segments& segments, Mat y, Mat kept) {
  each_block(m, segments, kept, [&](size_t, const BlockTask& task) {
    float* scratch = scratch_of(HWY_DYNAMIC_DISPATCH(forward_scratch)(task));
    std::memset(scratch, 0, task.state_size() * sizeof(float));
    HWY_DYNAMIC_DISPATCH(forward)(m, task, scratch, scratch + task.state_size(), y);
  });
}

void cpu_step(const Mamba2Matrices& m, const Segments& segments, std::span<float* const> states, Mat y) {
  const size_t width = m.x.cols / m.heads;
  each_block(m, segments, Mat(), [&](size_t s, const BlockTask& task) {
    float* scratch = scratch_of(HWY_DYNAMIC_DISPATCH(forward_scratch)(task));
    const size_t padded = task.padded();
    float* const state = states[s] + task.head * task.n * width + (task.first - task.head * width);
    if (padded == width) return HWY_DYNAMIC_DISPATCH(forward)(m, task, state, scratch + task.state_size(), y);
    std::memset(scratch, 0, task.state_size() * sizeof(float));
    for (size_t j = 0; j < task.n; ++j)
      std::memcpy(scratch + j * padded, state + j * width, task.width * sizeof(float));
    HWY_DYNAMIC_DISPATCH(forward)(m, task, scratch, scratch + task.state_size(), y);
    for (size_t j = 0; j < task.n; ++j)
      std::memcpy(state + j * width, scratch + j * padded, task.width * sizeof(float));
  });
}

// Columns of a row of what the blocks of a head add to the gradients that they share.
size_t share_columns(const Mamba2Matrices& m) {
  return m.heads * blocks_of(m) * Shares{m.b.cols / m.groups}.size();
}

void cpu_backward(const Mamba2Matrices& m, const Segments& segments, Mat kept, ConstMat dy, Mat shares,
                  const Mamba2Gradients& to) {
  const size_t blocks = blocks_of(m), rows = m.x.rows;
  const Shares share{m.b.cols / m.groups};
  each_block(m, segments, kept, [&](size_t, const BlockTask& task) {
    float* scratch = scratch_of(HWY_DYNAMIC_DISPATCH(backward_scratch)(task));
    HWY_DYNAMIC_DISPATCH(backward)(m, task, dy, scratch, to, shares);
  });
  sum_over_rows(rows, to.skip.mat, to.skip.accumulate, [&](size_t t, float* skip) {
    const float* row = shares.row<float>(t);
    HWY_DYNAMIC_DISPATCH(gather)(m, t, row, blocks, to);
    if (skip == nullptr) return;
    for (size_t i = 0; i < m.heads * blocks; ++i) skip[i / blocks] += row[i * share.size() + share.skip()];
  });
}

constinit Kernel<void(const Mamba2Matrices&, const Segments&, Mat, Mat)> mamba2_kernel{
    "mamba2", cpu_forward, mamba2_reference_forward};
constinit Kernel<void(const Mamba2Matrices&, const Segments&, Mat, ConstMat, Mat, const Mamba2Gradients&)>
    mamba2_backward{"mamba2 backward", cpu_backward, mamba2_reference_backward};
constinit Kernel<void(const Mamba2Matrices&, const Segments&, std::span<float* const>, Mat)>
    mamba2_step_kernel{"mamba2 step", cpu_step, nullptr};

Mamba2Matrices mats_of(const Mamba2Inputs& x, const Weight& skip) {
  return {x.x.mat(),         x.b.mat(), x.c.mat(), x.log_decay.mat(), x.step ? x.step.mat() : ConstMat(),
          skip.master.mat(), x.heads,   x.groups};
}

void check(const Mamba2Inputs& x, const Weight& skip, const Segments& segments) {
  const size_t rows = x.x.rows();
  require(x.heads > 0 && x.groups > 0 && x.x.cols() % x.heads == 0 && x.heads % x.groups == 0 &&
              x.b.cols() % x.groups == 0,
          ErrorCode::invalid, "mamba2: x has {} columns and B {}, for {} heads in {} groups", x.x.cols(),
          x.b.cols(), x.heads, x.groups);
  const auto shaped = [&](const char* name, const Tensor& m, size_t cols) {
    require(m.rows() == rows && m.cols() == cols, ErrorCode::invalid,
            "mamba2: {} is [{}, {}], wanted [{}, {}]", name, m.rows(), m.cols(), rows, cols);
  };
  shaped("C", x.c, x.b.cols());
  shaped("B", x.b, x.b.cols());
  shaped("log_decay", x.log_decay, x.heads);
  if (x.step) shaped("step", x.step, x.heads);
  const Dtype wide = x.x.device() == Device::reference ? Dtype::f64 : Dtype::f32;
  require(x.log_decay.dtype() == wide && (!x.step || x.step.dtype() == wide), ErrorCode::invalid,
          "mamba2: log_decay is {}, wanted {}", name_of(x.log_decay.dtype()), name_of(wide));
  require(skip.count() == x.heads, ErrorCode::invalid, "mamba2: {} has {} values, wanted {}", skip.name,
          skip.count(), x.heads);
  check_segments("mamba2", segments, rows);
}

// Per element of the state: decay and input (3), the read-out (2).
double flops_of(const Mamba2Inputs& x) {
  return 5.0 * static_cast<double>(x.x.rows()) * static_cast<double>(x.x.cols()) *
         static_cast<double>(x.b.cols() / x.groups);
}

bool learns(const Mamba2Inputs& x, const Weight& skip) {
  for (const Tensor* m : {&x.x, &x.b, &x.c, &x.log_decay, &x.step})
    if (*m && m->needs_gradient()) return true;
  return skip.trains() && Tape::current() != nullptr;
}

}  // namespace

Tensor mamba2(const Mamba2Inputs& x, Weight& skip, const Segments& segments) {
  check(x, skip, segments);
  const Device device = x.x.device();
  const Mamba2Matrices mats = mats_of(x, skip);
  Output y = like(x.x), kept;
  if (learns(x, skip) && device != Device::reference)
    kept = Output(kept_states(segments),
                  x.heads * blocks_of(mats) * block_state(x.x.cols() / x.heads, x.b.cols() / x.groups),
                  Dtype::f32, device);
  mamba2_kernel(device, mats, segments, y.mat(), kept.mat());
  count_flops(device, flops_of(x));
  return record(
      "mamba2", std::move(y), {&x.x, &x.b, &x.c, &x.log_decay, &x.step},
      [x, &skip, segments, kept](Sink& sink, const Tensor& dy) {
        const Mamba2Gradients to{sink.into_wanted(x.x),    sink.into_wanted(x.b),
                                 sink.into_wanted(x.c),    sink.into_wanted(x.log_decay),
                                 sink.into_wanted(x.step), sink.into_wanted(skip)};
        const Mamba2Matrices m = mats_of(x, skip);
        const Output shares(m.x.rows, share_columns(m), Dtype::f32, dy.device());
        mamba2_backward(dy.device(), m, segments, kept.mat(), dy.mat(), shares.mat(), to);
        // The states again, then about twice the work.
        count_flops(dy.device(), 3 * flops_of(x));
      },
      skip.trains());
}

Tensor mamba2_step(const Mamba2Inputs& x, Weight& skip, const Segments& segments,
                   std::span<float* const> states) {
  check(x, skip, segments);
  require(states.size() == segments.size(), ErrorCode::invalid, "mamba2: {} states for {} segments",
          states.size(), segments.size());
  require(!learns(x, skip), ErrorCode::unsupported, "mamba2 step: has no gradient; train with mamba2()");
  Output y = like(x.x);
  mamba2_step_kernel(x.x.device(), mats_of(x, skip), segments, states, y.mat());
  count_flops(x.x.device(), flops_of(x));
  return constant("decoding: nothing learns", std::move(y));
}

}  // namespace bantam
#endif
