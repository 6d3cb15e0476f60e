#include "train/muon.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/threads.h"
#include "ops/gemm.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "train/muon.cpp"
#include "simd/foreach_target.h"

#ifndef BANTAM_MUON_SPAN
#define BANTAM_MUON_SPAN
namespace bantam {
namespace {

// Consecutive elements; f64 on the reference device, where nothing is bf16.
struct MomentumSpan {
  size_t count;
  const void* gradient;
  void *momentum, *x;
  double scale, mu;
  bool nesterov;
};
struct ScaleSpan {
  size_t count;
  void *x, *operand;
  bool narrow;            // the operand is bf16
  double scale, further;  // operand = scale x, x = further scale x
};
struct MixSpan {
  size_t count;
  const void *gram, *square;
  void* out;
  bool narrow;
  double first, second;  // out = first gram + second square
};
struct StepSpan {
  size_t count;
  void* weight;
  const void* x;
  bf16* low;  // null where no bf16 copy is kept
  double keep, step;
};

constexpr size_t kChunk = 2048;  // elements summed in f32 before f64 takes over

}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// Returns Σ x².
void add_momentum(const MomentumSpan& s, double* squares) {
  const V scale = set(static_cast<float>(s.scale)), rest = set(static_cast<float>(1 - s.mu));
  const V mu = set(static_cast<float>(s.mu));
  const float* g = static_cast<const float*>(s.gradient);
  float *m = static_cast<float*>(s.momentum), *x = static_cast<float*>(s.x);
  map(
      s.count, m,
      [&](V momentum, V gradient)
          HWY_ATTR { return hn::Add(hn::Mul(momentum, mu), hn::Mul(hn::Mul(gradient, scale), rest)); },
      static_cast<const float*>(m), g);
  map(
      s.count, x,
      [&](V momentum, V gradient) HWY_ATTR {
        return s.nesterov ? hn::Add(hn::Mul(momentum, mu), hn::Mul(hn::Mul(gradient, scale), rest))
                          : momentum;
      },
      static_cast<const float*>(m), g);
  for (size_t begin = 0; begin < s.count; begin += kChunk)
    *squares += sum(
        std::min(kChunk, s.count - begin), [](V v) HWY_ATTR { return hn::Mul(v, v); },
        static_cast<const float*>(x) + begin);
}

void scale(const ScaleSpan& s) {
  const V by = set(static_cast<float>(s.scale)), further = set(static_cast<float>(s.scale * s.further));
  float* x = static_cast<float*>(s.x);
  const auto times = [&](V v) HWY_ATTR { return hn::Mul(v, by); };
  if (s.narrow)
    map(s.count, static_cast<bf16*>(s.operand), times, static_cast<const float*>(x));
  else
    map(s.count, static_cast<float*>(s.operand), times, static_cast<const float*>(x));
  map(
      s.count, x, [&](V v) HWY_ATTR { return hn::Mul(v, further); }, static_cast<const float*>(x));
}

void mix(const MixSpan& s) {
  const V first = set(static_cast<float>(s.first)), second = set(static_cast<float>(s.second));
  const float *a = static_cast<const float*>(s.gram), *b = static_cast<const float*>(s.square);
  const auto sum_of = [&](V x, V y) HWY_ATTR { return hn::Add(hn::Mul(x, first), hn::Mul(y, second)); };
  if (s.narrow)
    map(s.count, static_cast<bf16*>(s.out), sum_of, a, b);
  else
    map(s.count, static_cast<float*>(s.out), sum_of, a, b);
}

// Returns Σ change².
void step(const StepSpan& s, double* squares) {
  const V keep = set(static_cast<float>(s.keep)), by = set(static_cast<float>(-s.step));
  float* w = static_cast<float*>(s.weight);
  const float* x = static_cast<const float*>(s.x);
  const auto moved = [&](V weight, V direction)
                         HWY_ATTR { return hn::Add(hn::Mul(weight, keep), hn::Mul(direction, by)); };
  for (size_t begin = 0; begin < s.count; begin += kChunk)
    *squares += sum(
        std::min(kChunk, s.count - begin),
        [&](V weight, V direction) HWY_ATTR {
          const V change = hn::Sub(moved(weight, direction), weight);
          return hn::Mul(change, change);
        },
        static_cast<const float*>(w) + begin, x + begin);
  map(s.count, w, moved, static_cast<const float*>(w), x);
  if (s.low != nullptr)
    map(
        s.count, s.low, [](V v) HWY_ATTR { return v; }, static_cast<const float*>(w));
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

constexpr size_t kBlock = size_t{1} << 16;
constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
constexpr int kIterations = 5;
constexpr double kTiny = 1e-7;      // least norm that U is divided by: it may be 0
constexpr double kLikeAdamW = 0.2;  // root mean square of AdamW's updates

HWY_EXPORT(add_momentum);
HWY_EXPORT(scale);
HWY_EXPORT(mix);
HWY_EXPORT(step);

void reference_add_momentum(const MomentumSpan& s, double* squares) {
  const double* g = static_cast<const double*>(s.gradient);
  double *m = static_cast<double*>(s.momentum), *x = static_cast<double*>(s.x);
  for (size_t i = 0; i < s.count; ++i) {
    const double fresh = (1 - s.mu) * s.scale * g[i];
    m[i] = s.mu * m[i] + fresh;
    x[i] = s.nesterov ? s.mu * m[i] + fresh : m[i];
    *squares += x[i] * x[i];
  }
}
void reference_scale(const ScaleSpan& s) {
  double *x = static_cast<double*>(s.x), *operand = static_cast<double*>(s.operand);
  for (size_t i = 0; i < s.count; ++i) {
    operand[i] = s.scale * x[i];
    x[i] *= s.scale * s.further;
  }
}
void reference_mix(const MixSpan& s) {
  const double *a = static_cast<const double*>(s.gram), *b = static_cast<const double*>(s.square);
  for (size_t i = 0; i < s.count; ++i) static_cast<double*>(s.out)[i] = s.first * a[i] + s.second * b[i];
}
void reference_step(const StepSpan& s, double* squares) {
  double* w = static_cast<double*>(s.weight);
  const double* x = static_cast<const double*>(s.x);
  for (size_t i = 0; i < s.count; ++i) {
    const double moved = w[i] * s.keep - s.step * x[i];
    *squares += (moved - w[i]) * (moved - w[i]);
    w[i] = moved;
  }
}
void reference_product(const GemmOperand& a, const GemmOperand& b, const Mat& c, bool accumulate) {
  const auto at = [](const GemmOperand& m, size_t i, size_t j) {
    return m.transposed ? m.mat.row<double>(j)[i] : m.mat.row<double>(i)[j];
  };
  const size_t inner = a.transposed ? a.mat.rows : a.mat.cols;
  for (size_t i = 0; i < c.rows; ++i)
    for (size_t j = 0; j < c.cols; ++j) {
      double sum = accumulate ? c.row<double>(i)[j] : 0;
      for (size_t k = 0; k < inner; ++k) sum += at(a, i, k) * at(b, k, j);
      c.row<double>(i)[j] = sum;
    }
}

constinit Kernel<void(const MomentumSpan&, double*)> momentum_kernel{
    "muon's momentum", BANTAM_DISPATCH(add_momentum), reference_add_momentum};
constinit Kernel<void(const ScaleSpan&)> scale_kernel{"muon's scaling", BANTAM_DISPATCH(scale),
                                                      reference_scale};
constinit Kernel<void(const MixSpan&)> mix_kernel{"muon's polynomial", BANTAM_DISPATCH(mix), reference_mix};
constinit Kernel<void(const StepSpan&, double*)> step_kernel{"muon's step", BANTAM_DISPATCH(step),
                                                             reference_step};
constinit Kernel<void(const GemmOperand&, const GemmOperand&, const Mat&, bool)> product_kernel{
    "muon's products",
    [](const GemmOperand& a, const GemmOperand& b, const Mat& c, bool accumulate) {
      gemm(a, b, c, accumulate);
    },
    reference_product};

void* element(const Mat& m, size_t index) {
  return m.data == nullptr ? nullptr : static_cast<char*>(m.data) + index * bytes_of(m.dtype);
}

}  // namespace

bool Muon::takes(const Weight& weight, const WeightPart& part) const {
  return weight.decays && part.shape.size() == 2 && std::min(part.shape[0], part.shape[1]) >= 2 &&
         std::any_of(options_.tensors.begin(), options_.tensors.end(),
                     [&](const std::string& pattern) { return matches(pattern, part.name); });
}

void Muon::prepare(const Weight& weight, const WeightPart& part) {
  const Device device = weight.device();
  const Dtype sums = weight.master.dtype(), products = weight.low ? Dtype::bf16 : sums;
  const size_t side = std::min(part.shape[0], part.shape[1]);
  const auto grow = [&](Output& memory, size_t count, Dtype dtype) {
    if (!memory || memory.mat().cols * bytes_of(memory.mat().dtype) < count * bytes_of(dtype))
      memory = Output(1, count, dtype, device);
  };
  grow(x_, part.count, sums);
  grow(x_operand_, part.count, products);
  grow(gram_, side * side, sums);
  grow(square_, side * side, sums);
  if (products == Dtype::bf16) grow(gram_operand_, side * side, products);
  partial_.resize(std::max(partial_.size(), (part.count + kBlock - 1) / kBlock));
}

void Muon::orthogonalise(Device device, Dtype products, const Mat& x, double norm) {
  const bool wide = x.rows <= x.cols, narrow = products == Dtype::bf16;
  const size_t side = std::min(x.rows, x.cols);
  const auto matrix = [](const Output& memory, size_t rows, size_t cols, Dtype dtype) {
    return Mat(memory.mat().data, rows, cols, cols, dtype);
  };
  const Mat operand = matrix(x_operand_, x.rows, x.cols, products);
  const Mat gram = matrix(gram_, side, side, x.dtype), square = matrix(square_, side, side, x.dtype);
  const Mat low = narrow ? matrix(gram_operand_, side, side, products) : gram;
  const Mat mixed = narrow ? low : square;
  for (int i = 0; i < kIterations; ++i) {
    parallel_blocks(x.rows * x.cols, kBlock, [&](size_t begin, size_t end) {
      scale_kernel(device, {end - begin, element(x, begin), element(operand, begin), narrow,
                            i == 0 ? 1 / std::max(norm, kTiny) : 1, kA});
    });
    product_kernel(device, {operand, !wide}, {operand, wide}, gram, false);
    if (narrow) copy(device, gram, low);
    product_kernel(device, {low, false}, {low, false}, square, false);
    parallel_blocks(side * side, kBlock, [&](size_t begin, size_t end) {
      mix_kernel(device, {end - begin, element(gram, begin), element(square, begin), element(mixed, begin),
                          narrow, kB, kC});
    });
    if (wide)
      product_kernel(device, {mixed, false}, {operand, false}, x, true);
    else
      product_kernel(device, {operand, false}, {mixed, false}, x, true);
  }
}

double Muon::update(Weight& weight, const WeightPart& part, const Mat& momentum, double gradient_scale,
                    double keep, double lr) {
  const Device device = weight.device();
  if (device == Device::meta) return 0;
  const Mat gradient = weight.gradient.mat(), master = weight.writable();
  const Mat x(x_.mat().data, part.shape[0], part.shape[1], part.shape[1], master.dtype);
  const size_t blocks = (part.count + kBlock - 1) / kBlock;
  const auto sum = [&] { return std::accumulate(&partial_[0], &partial_[0] + blocks, 0.0); };
  parallel_blocks(part.count, kBlock, [&](size_t begin, size_t end) {
    const size_t at = part.offset + begin;
    partial_[begin / kBlock] = 0;
    momentum_kernel(device,
                    {end - begin, element(gradient, at), element(momentum, at), element(x, begin),
                     gradient_scale, options_.momentum, options_.nesterov},
                    &partial_[begin / kBlock]);
  });
  orthogonalise(device, weight.low ? Dtype::bf16 : master.dtype, x, std::sqrt(sum()));
  bf16* low = weight.low ? static_cast<bf16*>(const_cast<void*>(weight.low.mat().data)) : nullptr;
  const double length = kLikeAdamW * std::sqrt(static_cast<double>(std::max(x.rows, x.cols)));
  parallel_blocks(part.count, kBlock, [&](size_t begin, size_t end) {
    const size_t at = part.offset + begin;
    partial_[begin / kBlock] = 0;
    step_kernel(device,
                {end - begin, element(master, at), element(x, begin), low == nullptr ? nullptr : low + at,
                 keep, length * lr},
                &partial_[begin / kBlock]);
  });
  return sum();
}

double Muon::flops(size_t rows, size_t cols) {
  const double side = static_cast<double>(std::min(rows, cols)),
               other = static_cast<double>(std::max(rows, cols));
  return kIterations * (4 * side * side * other + 2 * side * side * side);
}

}  // namespace bantam
#endif
