#include "ops/mamba2.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/threads.h"
#include "ops/mamba2_chunks.h"
#include "ops/recurrence.h"
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

  size_t padded() const { return (width + 15) / 16 * 16; }
  size_t state_size() const { return n * padded(); }
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
    token.read(m, task, t);
    each_vectors(task.padded(), [&]<int N>(size_t i) HWY_ATTR {
      step_values<N>(token, state, task.n, task.padded(), i, y_P);
    });
    write_row(y_P, task.width, y, task.start + t, task.first, false);
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

size_t blocks_of(const Mamba2Matrices& m) { return (m.x.cols / m.heads + kBlock - 1) / kBlock; }

// Calls f(segment, task) for every block of every head of every segment, in parallel.
template <class F>
void each_block(const Mamba2Matrices& m, const Segments& segments, F f) {
  const size_t width = m.x.cols / m.heads, n = m.b.cols / m.groups, blocks = blocks_of(m);
  parallel_for(segments.size() * m.heads * blocks, [&](size_t task) {
    const size_t part = task % (m.heads * blocks), head = part / blocks, at = part % blocks * kBlock;
    const Segment& s = segments[task / (m.heads * blocks)];
    f(task / (m.heads * blocks), BlockTask{s.start, s.length, head, head * width + at,
                                           std::min(kBlock, width - at), head / (m.heads / m.groups) * n, n});
  });
}

float* scratch_of(size_t count) { return thread_scratch<float>(0, count).data(); }

void cpu_step(const Mamba2Matrices& m, const Segments& segments, std::span<float* const> states, Mat y) {
  const size_t width = m.x.cols / m.heads;
  each_block(m, segments, [&](size_t s, const BlockTask& task) {
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

constinit Kernel<void(const Mamba2Matrices&, const Segments&, Mat, Mat)> mamba2_kernel{
    "mamba2", mamba2_by_chunks, mamba2_reference_forward};
constinit Kernel<void(const Mamba2Matrices&, const Segments&, Mat, ConstMat, Mat, const Mamba2Gradients&)>
    mamba2_backward{"mamba2 backward", mamba2_by_chunks_backward, mamba2_reference_backward};
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

// Token after token, for each element of the state: decay and input (3), the read-out (2).
double flops_of_steps(const Mamba2Inputs& x) {
  return 5.0 * static_cast<double>(x.x.rows()) * static_cast<double>(x.x.cols()) *
         static_cast<double>(x.b.cols() / x.groups);
}

// Products with states, of which a token of a head takes `states`, and `triangles` products over pairs of a chunk.
double flops_of_chunks(const Mamba2Inputs& x, double states, double triangles) {
  const double rows = static_cast<double>(x.x.rows()), values = static_cast<double>(x.x.cols());
  return 2 * rows * values *
         (states * static_cast<double>(x.b.cols() / x.groups) + triangles * kMamba2Chunk / 2);
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
  const size_t states = device == Device::reference ? 0 : mamba2_kept_rows(x.x.rows());
  Output y = like(x.x),
         kept = states == 0 ? Output() : Output(states, mamba2_kept_cols(mats), Dtype::f32, device);
  mamba2_kernel(device, mats, segments, y.mat(), kept.mat());
  count_flops(device, flops_of_chunks(x, 2, 1));
  return record(
      "mamba2", std::move(y), {&x.x, &x.b, &x.c, &x.log_decay, &x.step},
      [x, &skip, segments, kept](Sink& sink, const Tensor& dy) {
        const Mamba2Gradients to{sink.into_wanted(x.x),    sink.into_wanted(x.b),
                                 sink.into_wanted(x.c),    sink.into_wanted(x.log_decay),
                                 sink.into_wanted(x.step), sink.into_wanted(skip)};
        // The states' gradients.
        const Mat before = kept.mat();
        const Output room =
            before.rows == 0 ? Output()
                             : Output(before.rows, before.cols, Dtype::f32, dy.device(), BufferUse::scratch);
        mamba2_backward(dy.device(), mats_of(x, skip), segments, before, dy.mat(), room.mat(), to);
        count_flops(dy.device(), flops_of_chunks(x, 4, 2));
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
  count_flops(x.x.device(), flops_of_steps(x));
  return constant("decoding: nothing learns", std::move(y));
}

}  // namespace bantam
#endif
