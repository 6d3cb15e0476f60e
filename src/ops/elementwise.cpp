#include "ops/elementwise.h"

#include <cmath>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/elementwise.cpp"
#include "simd/foreach_target.h"

#ifndef BANTAM_OPS_ELEMENTWISE_ONCE
#define BANTAM_OPS_ELEMENTWISE_ONCE
namespace bantam {
namespace {
enum class Unary { sigmoid, tanh, silu, squared_relu, rwkv7_decay };

constexpr double kDecayScale = 0.606530659712633424;  // e^(−1/2)
}  // namespace
}  // namespace bantam
#endif

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

template <class F>
HWY_INLINE void each_row(size_t rows, F f) {
  parallel_blocks(rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) f(t);
  });
}

HWY_INLINE V value(Unary kind, V v) {
  switch (kind) {
    case Unary::sigmoid:
      return sigmoid(v);
    case Unary::tanh:
      return tanh(v);
    case Unary::silu:
      return silu(v);
    case Unary::squared_relu: {
      const V positive = hn::Max(v, zero());
      return hn::Mul(positive, positive);
    }
    case Unary::rwkv7_decay:
      return exp(hn::Mul(set(static_cast<float>(-kDecayScale)), sigmoid(v)));
  }
  return v;
}

HWY_INLINE V slope(Unary kind, V v) {
  const V one = set(1.0f);
  if (kind == Unary::squared_relu) {
    const V positive = hn::Max(v, zero());
    return hn::Add(positive, positive);
  }
  if (kind == Unary::tanh) {
    const V y = tanh(v);
    return hn::NegMulAdd(y, y, one);
  }
  const V s = sigmoid(v), of_sigmoid = hn::Mul(s, hn::Sub(one, s));  // σ' = σ(1 − σ)
  if (kind == Unary::sigmoid) return of_sigmoid;
  if (kind == Unary::silu) return hn::MulAdd(v, of_sigmoid, s);
  return hn::Mul(hn::Mul(set(static_cast<float>(-kDecayScale)), value(kind, v)), of_sigmoid);
}

void unary(Unary kind, ConstMat x, Mat y) {
  dispatch(x.dtype, [&]<class X>() {
    each_row(x.rows, [&](size_t t) HWY_ATTR {
      map(
          x.cols, y.row<X>(t), [&](V v) HWY_ATTR { return value(kind, v); }, x.row<X>(t));
    });
  });
}

void unary_backward(Unary kind, ConstMat dy, ConstMat x, Mat dx, bool add_dx) {
  dispatch(x.dtype, [&]<class X>() {
    each_row(x.rows, [&](size_t t) HWY_ATTR {
      map_into(
          x.cols, dx.row<X>(t), add_dx, [&](V d, V v) HWY_ATTR { return hn::Mul(d, slope(kind, v)); },
          dy.row<X>(t), x.row<X>(t));
    });
  });
}

void multiply(ConstMat x, ConstMat y, Mat z, bool add_z) {
  dispatch(x.dtype, [&]<class X>() {
    each_row(x.rows, [&](size_t t) HWY_ATTR {
      map_into(
          x.cols, z.row<X>(t), add_z, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); }, x.row<X>(t),
          y.row<X>(t));
    });
  });
}

void add(ConstMat x, ConstMat y, Mat z) {
  dispatch(x.dtype, [&]<class X>() {
    dispatch(y.dtype, [&]<class Y>() {
      each_row(x.rows, [&](size_t t) HWY_ATTR {
        map(
            x.cols, z.row<X>(t), [](V a, V b) HWY_ATTR { return hn::Add(a, b); }, x.row<X>(t), y.row<Y>(t));
      });
    });
  });
}

void swiglu(ConstMat gate, ConstMat up, Mat y) {
  dispatch(gate.dtype, [&]<class X>() {
    each_row(gate.rows, [&](size_t t) HWY_ATTR {
      map(
          gate.cols, y.row<X>(t), [](V g, V u) HWY_ATTR { return hn::Mul(silu(g), u); }, gate.row<X>(t),
          up.row<X>(t));
    });
  });
}

void swiglu_backward(ConstMat dy, ConstMat gate, ConstMat up, Mat dgate, bool add_dgate, Mat dup,
                     bool add_dup) {
  dispatch(gate.dtype, [&]<class X>() {
    each_row(gate.rows, [&](size_t t) HWY_ATTR {
      const X *dy_F = dy.row<X>(t), *gate_F = gate.row<X>(t), *up_F = up.row<X>(t);
      if (dgate.data != nullptr)
        map_into(
            gate.cols, dgate.row<X>(t), add_dgate,
            [](V d, V g, V u) HWY_ATTR {
              const V s = sigmoid(g);
              const V slope = hn::MulAdd(hn::Mul(g, s), hn::Sub(set(1.0f), s), s);
              return hn::Mul(hn::Mul(d, u), slope);
            },
            dy_F, gate_F, up_F);
      if (dup.data != nullptr)
        map_into(
            gate.cols, dup.row<X>(t), add_dup, [](V d, V g) HWY_ATTR { return hn::Mul(d, silu(g)); }, dy_F,
            gate_F);
    });
  });
}

void scale(ConstMat x, ConstMat m, Mat z, bool add_z) {
  dispatch(x.dtype, [&]<class X>() {
    each_row(x.rows, [&](size_t t) HWY_ATTR {
      map_into(
          x.cols, z.row<X>(t), add_z, [](V a, V f) HWY_ATTR { return hn::Mul(a, f); }, x.row<X>(t),
          m.row<float>(0));
    });
  });
}

void scale_weight(ConstMat dz, ConstMat x, Mat dm, bool add_dm) {
  dispatch(x.dtype, [&]<class X>() {
    sum_over_rows(x.rows, dm, add_dm, [&](size_t t, float* dm_C) HWY_ATTR {
      map(
          x.cols, dm_C, [](V sum, V d, V a) HWY_ATTR { return hn::MulAdd(d, a, sum); },
          static_cast<const float*>(dm_C), dz.row<X>(t), x.row<X>(t));
    });
  });
}

void lerp(ConstMat x, ConstMat y, ConstMat m, Mat z) {
  dispatch(x.dtype, [&]<class X>() {
    each_row(x.rows, [&](size_t t) HWY_ATTR {
      map(
          x.cols, z.row<X>(t), [](V a, V b, V f) HWY_ATTR { return hn::MulAdd(f, hn::Sub(a, b), b); },
          x.row<X>(t), y.row<X>(t), m.row<X>(t));
    });
  });
}

void lerp_backward(ConstMat dz, ConstMat x, ConstMat y, ConstMat m, Mat dx, bool add_dx, Mat dy, bool add_dy,
                   Mat dm, bool add_dm) {
  dispatch(x.dtype, [&]<class X>() {
    each_row(x.rows, [&](size_t t) HWY_ATTR {
      const X *dz_C = dz.row<X>(t), *m_C = m.row<X>(t);
      if (dx.data != nullptr)
        map_into(
            x.cols, dx.row<X>(t), add_dx, [](V d, V f) HWY_ATTR { return hn::Mul(d, f); }, dz_C, m_C);
      if (dy.data != nullptr)
        map_into(
            x.cols, dy.row<X>(t), add_dy, [](V d, V f) HWY_ATTR { return hn::NegMulAdd(d, f, d); }, dz_C,
            m_C);
      if (dm.data != nullptr)
        map_into(
            x.cols, dm.row<X>(t), add_dm, [](V d, V a, V b) HWY_ATTR { return hn::Mul(d, hn::Sub(a, b)); },
            dz_C, x.row<X>(t), y.row<X>(t));
    });
  });
}

void blend(ConstMat x, ConstMat y, ConstMat m, Mat z) {
  dispatch(x.dtype, [&]<class X>() {
    each_row(x.rows, [&](size_t t) HWY_ATTR {
      map(
          x.cols, z.row<X>(t), [](V a, V b, V f) HWY_ATTR { return hn::MulAdd(f, hn::Sub(a, b), b); },
          x.row<X>(t), y.row<X>(t), m.row<float>(0));
    });
  });
}

void blend_backward(ConstMat dz, ConstMat x, ConstMat y, ConstMat m, Mat dx, bool add_dx, Mat dy, bool add_dy,
                    Mat dm, bool add_dm) {
  dispatch(x.dtype, [&]<class X>() {
    sum_over_rows(x.rows, dm, add_dm, [&](size_t t, float* dm_C) HWY_ATTR {
      const X* dz_C = dz.row<X>(t);
      const float* m_C = m.row<float>(0);
      if (dx.data != nullptr)
        map_into(
            x.cols, dx.row<X>(t), add_dx, [](V d, V f) HWY_ATTR { return hn::Mul(d, f); }, dz_C, m_C);
      if (dy.data != nullptr)
        map_into(
            x.cols, dy.row<X>(t), add_dy, [](V d, V f) HWY_ATTR { return hn::NegMulAdd(d, f, d); }, dz_C,
            m_C);
      if (dm_C != nullptr)
        map(
            x.cols, dm_C, [](V sum, V d, V a, V b) HWY_ATTR { return hn::MulAdd(d, hn::Sub(a, b), sum); },
            static_cast<const float*>(dm_C), dz_C, x.row<X>(t), y.row<X>(t));
    });
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(unary);
HWY_EXPORT(unary_backward);
HWY_EXPORT(multiply);
HWY_EXPORT(add);
HWY_EXPORT(swiglu);
HWY_EXPORT(swiglu_backward);
HWY_EXPORT(scale);
HWY_EXPORT(scale_weight);
HWY_EXPORT(lerp);
HWY_EXPORT(lerp_backward);
HWY_EXPORT(blend);
HWY_EXPORT(blend_backward);

// The reference device: the same formulas, in f64.
namespace reference {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

template <class F>
void each(const ConstMat& shape, F f) {
  for (size_t t = 0; t < shape.rows; ++t)
    for (size_t c = 0; c < shape.cols; ++c) f(t, c);
}
double at(const ConstMat& m, size_t t, size_t c) { return m.row<double>(t)[c]; }
void put(const Mat& m, size_t t, size_t c, double value, bool accumulate = false) {
  double& x = m.row<double>(t)[c];
  x = accumulate ? x + value : value;
}

double value(Unary kind, double v) {
  switch (kind) {
    case Unary::sigmoid:
      return sigmoid(v);
    case Unary::tanh:
      return std::tanh(v);
    case Unary::silu:
      return v * sigmoid(v);
    case Unary::squared_relu:
      return v > 0 ? v * v : 0;
    case Unary::rwkv7_decay:
      return std::exp(-kDecayScale * sigmoid(v));
  }
  return v;
}
double slope(Unary kind, double v) {
  const double s = sigmoid(v), h = std::tanh(v);
  switch (kind) {
    case Unary::sigmoid:
      return s * (1 - s);
    case Unary::tanh:
      return 1 - h * h;
    case Unary::silu:
      return s + v * s * (1 - s);
    case Unary::squared_relu:
      return v > 0 ? 2 * v : 0;
    case Unary::rwkv7_decay:
      return -kDecayScale * value(kind, v) * s * (1 - s);
  }
  return 1;
}

void unary(Unary kind, ConstMat x, Mat y) {
  each(x, [&](size_t t, size_t c) { put(y, t, c, value(kind, at(x, t, c))); });
}
void unary_backward(Unary kind, ConstMat dy, ConstMat x, Mat dx, bool add_dx) {
  each(x, [&](size_t t, size_t c) { put(dx, t, c, at(dy, t, c) * slope(kind, at(x, t, c)), add_dx); });
}
void scale(ConstMat x, ConstMat m, Mat z, bool add_z) {
  each(x, [&](size_t t, size_t c) { put(z, t, c, at(x, t, c) * at(m, 0, c), add_z); });
}
void scale_weight(ConstMat dz, ConstMat x, Mat dm, bool add_dm) {
  each(x, [&](size_t t, size_t c) { put(dm, 0, c, at(dz, t, c) * at(x, t, c), add_dm || t > 0); });
}
void lerp(ConstMat x, ConstMat y, ConstMat m, Mat z) {
  each(x, [&](size_t t, size_t c) { put(z, t, c, at(y, t, c) + at(m, t, c) * (at(x, t, c) - at(y, t, c))); });
}
void lerp_backward(ConstMat dz, ConstMat x, ConstMat y, ConstMat m, Mat dx, bool add_dx, Mat dy, bool add_dy,
                   Mat dm, bool add_dm) {
  each(x, [&](size_t t, size_t c) {
    const double d = at(dz, t, c), f = at(m, t, c);
    if (dx.data != nullptr) put(dx, t, c, d * f, add_dx);
    if (dy.data != nullptr) put(dy, t, c, d * (1 - f), add_dy);
    if (dm.data != nullptr) put(dm, t, c, d * (at(x, t, c) - at(y, t, c)), add_dm);
  });
}
void multiply(ConstMat x, ConstMat y, Mat z, bool add_z) {
  each(x, [&](size_t t, size_t c) { put(z, t, c, at(x, t, c) * at(y, t, c), add_z); });
}
void add(ConstMat x, ConstMat y, Mat z) {
  each(x, [&](size_t t, size_t c) { put(z, t, c, at(x, t, c) + at(y, t, c)); });
}
void swiglu(ConstMat gate, ConstMat up, Mat y) {
  each(gate, [&](size_t t, size_t c) {
    const double g = at(gate, t, c);
    put(y, t, c, g * sigmoid(g) * at(up, t, c));
  });
}
void swiglu_backward(ConstMat dy, ConstMat gate, ConstMat up, Mat dgate, bool add_dgate, Mat dup,
                     bool add_dup) {
  each(gate, [&](size_t t, size_t c) {
    const double g = at(gate, t, c), s = sigmoid(g), d = at(dy, t, c);
    if (dgate.data != nullptr) put(dgate, t, c, d * at(up, t, c) * (s + g * s * (1 - s)), add_dgate);
    if (dup.data != nullptr) put(dup, t, c, d * g * s, add_dup);
  });
}
void blend(ConstMat x, ConstMat y, ConstMat m, Mat z) {
  each(x, [&](size_t t, size_t c) {
    const double f = at(m, 0, c);
    put(z, t, c, f * at(x, t, c) + (1 - f) * at(y, t, c));
  });
}
void blend_backward(ConstMat dz, ConstMat x, ConstMat y, ConstMat m, Mat dx, bool add_dx, Mat dy, bool add_dy,
                    Mat dm, bool add_dm) {
  each(x, [&](size_t t, size_t c) {
    const double d = at(dz, t, c), f = at(m, 0, c);
    if (dx.data != nullptr) put(dx, t, c, d * f, add_dx);
    if (dy.data != nullptr) put(dy, t, c, d * (1 - f), add_dy);
    if (dm.data != nullptr) put(dm, 0, c, d * (at(x, t, c) - at(y, t, c)), add_dm || t > 0);
  });
}

}  // namespace reference

constinit Kernel<void(Unary, ConstMat, Mat)> unary_kernel{"unary", BANTAM_DISPATCH(unary), reference::unary};
constinit Kernel<void(Unary, ConstMat, ConstMat, Mat, bool)> unary_backward_kernel{
    "unary backward", BANTAM_DISPATCH(unary_backward), reference::unary_backward};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> multiply_kernel{"multiply", BANTAM_DISPATCH(multiply),
                                                                      reference::multiply};
constinit Kernel<void(ConstMat, ConstMat, Mat)> add_kernel{"add", BANTAM_DISPATCH(add), reference::add};
constinit Kernel<void(ConstMat, ConstMat, Mat)> swiglu_kernel{"swiglu", BANTAM_DISPATCH(swiglu),
                                                              reference::swiglu};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat, bool, Mat, bool)> swiglu_backward_kernel{
    "swiglu backward", BANTAM_DISPATCH(swiglu_backward), reference::swiglu_backward};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> scale_kernel{"multiply by a weight",
                                                                   BANTAM_DISPATCH(scale), reference::scale};
constinit Kernel<void(ConstMat, ConstMat, Mat, bool)> scale_weight_kernel{
    "multiply by a weight backward", BANTAM_DISPATCH(scale_weight), reference::scale_weight};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat)> lerp_kernel{"lerp", BANTAM_DISPATCH(lerp),
                                                                      reference::lerp};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, ConstMat, Mat, bool, Mat, bool, Mat, bool)>
    lerp_backward_kernel{"lerp backward", BANTAM_DISPATCH(lerp_backward), reference::lerp_backward};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat)> blend_kernel{"blend", BANTAM_DISPATCH(blend),
                                                                       reference::blend};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, ConstMat, Mat, bool, Mat, bool, Mat, bool)>
    blend_backward_kernel{"blend backward", BANTAM_DISPATCH(blend_backward), reference::blend_backward};

void require_same_shape(const char* op, const Tensor& x, const Tensor& y) {
  require(x.rows() == y.rows() && x.cols() == y.cols(), ErrorCode::invalid,
          "{}: [{}, {}] and [{}, {}] differ", op, x.rows(), x.cols(), y.rows(), y.cols());
}

Tensor unary(const char* name, Unary kind, const Tensor& x) {
  Output y = like(x);
  unary_kernel(x.device(), kind, x.mat(), y.mat());
  return record(name, std::move(y), {&x}, [x, kind](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    unary_backward_kernel(dy.device(), kind, dy.mat(), x.mat(), dx.mat, dx.accumulate);
  });
}

}  // namespace

Tensor sigmoid(const Tensor& x) { return unary("sigmoid", Unary::sigmoid, x); }
Tensor tanh(const Tensor& x) { return unary("tanh", Unary::tanh, x); }
Tensor silu(const Tensor& x) { return unary("silu", Unary::silu, x); }
Tensor squared_relu(const Tensor& x) { return unary("squared_relu", Unary::squared_relu, x); }
Tensor rwkv7_decay(const Tensor& x) { return unary("rwkv7_decay", Unary::rwkv7_decay, x); }

Tensor add(const Tensor& x, const Tensor& y) {
  require_same_shape("add", x, y);
  Output z = like(x);
  add_kernel(x.device(), x.mat(), y.mat(), z.mat());
  return record("add", std::move(z), {&x, &y}, [x, y](Sink& sink, const Tensor& dz) {
    if (sink.wants(y)) sink.pass(y, dz);
    if (sink.wants(x)) sink.pass(x, dz);
  });
}

Tensor multiply(const Tensor& x, const Tensor& y) {
  require_same_shape("multiply", x, y);
  Output z = like(x);
  multiply_kernel(x.device(), x.mat(), y.mat(), z.mat(), false);
  return record("multiply", std::move(z), {&x, &y}, [x, y](Sink& sink, const Tensor& dz) {
    for (const auto& [to, other] : {std::pair(x, y), std::pair(y, x)}) {
      if (!sink.wants(to)) continue;
      const GradientTarget target = sink.into(to);
      multiply_kernel(dz.device(), dz.mat(), other.mat(), target.mat, target.accumulate);
    }
  });
}

Tensor cast(const Tensor& x, Dtype dtype) {
  if (x.dtype() == dtype) return x;
  Output y = like(x, dtype);
  copy(x.device(), x.mat(), y.mat());
  return record("cast", std::move(y), {&x}, [x](Sink& sink, const Tensor& dy) { sink.pass(x, dy); });
}

Tensor swiglu(const Tensor& gate, const Tensor& up) {
  require_same_shape("swiglu", gate, up);
  const auto compute = [gate, up] {
    Output y = like(gate);
    swiglu_kernel(gate.device(), gate.mat(), up.mat(), y.mat());
    return y;
  };
  const Tensor y = record("swiglu", compute(), {&gate, &up}, [gate, up](Sink& sink, const Tensor& dy) {
    const GradientTarget dgate = sink.into_wanted(gate), dup = sink.into_wanted(up);
    swiglu_backward_kernel(dy.device(), dy.mat(), gate.mat(), up.mat(), dgate.mat, dgate.accumulate, dup.mat,
                           dup.accumulate);
  });
  if (Tape::current() == nullptr) return y;
  return y.with_recipe([compute] { return constant("computed again on the way back", compute()); });
}

Tensor multiply(const Tensor& x, Weight& m) {
  require(m.count() == x.cols(), ErrorCode::invalid, "multiply: {} has {} values, wanted {}, the width of x",
          m.name, m.count(), x.cols());
  Output z = like(x);
  scale_kernel(x.device(), x.mat(), m.master.mat(), z.mat(), false);
  return record(
      "multiply by a weight", std::move(z), {&x},
      [x, &m](Sink& sink, const Tensor& dz) {
        if (sink.wants(x)) {
          const GradientTarget dx = sink.into(x);
          scale_kernel(dz.device(), dz.mat(), m.master.mat(), dx.mat, dx.accumulate);
        }
        if (!m.trains()) return;
        const GradientTarget dm = sink.into(m);
        scale_weight_kernel(dz.device(), dz.mat(), x.mat(), dm.mat, dm.accumulate);
      },
      m.trains());
}

Tensor ones_like(const Tensor& x) {
  Output ones = like(x);
  const Mat m = ones.mat();
  const auto fill = [&m]<class T>() {
    for (size_t i = 0; i < m.rows * m.cols; ++i) m.row<T>(0)[i] = T(1.0f);
  };
  if (x.device() != Device::meta) {
    if (m.dtype == Dtype::f64)
      fill.template operator()<double>();
    else
      dispatch(m.dtype, fill);
  }
  return constant("ones are no function of x", std::move(ones));
}

Tensor lerp(const Tensor& x, const Tensor& y, const Tensor& m) {
  require_same_shape("lerp", x, y);
  require_same_shape("lerp", x, m);
  Output z = like(x);
  lerp_kernel(x.device(), x.mat(), y.mat(), m.mat(), z.mat());
  return record("lerp", std::move(z), {&x, &y, &m}, [x, y, m](Sink& sink, const Tensor& dz) {
    const GradientTarget dx = sink.into_wanted(x), dy = sink.into_wanted(y), dm = sink.into_wanted(m);
    lerp_backward_kernel(dz.device(), dz.mat(), x.mat(), y.mat(), m.mat(), dx.mat, dx.accumulate, dy.mat,
                         dy.accumulate, dm.mat, dm.accumulate);
  });
}

Tensor blend(const Tensor& x, const Tensor& y, Weight& m) {
  require_same_shape("blend", x, y);
  Output z = like(x);
  blend_kernel(x.device(), x.mat(), y.mat(), m.master.mat(), z.mat());
  return record(
      "blend", std::move(z), {&x, &y},
      [x, y, &m](Sink& sink, const Tensor& dz) {
        const GradientTarget dx = sink.into_wanted(x), dy = sink.into_wanted(y);
        const GradientTarget dm = sink.into_wanted(m);
        blend_backward_kernel(dz.device(), dz.mat(), x.mat(), y.mat(), m.master.mat(), dx.mat, dx.accumulate,
                              dy.mat, dy.accumulate, dm.mat, dm.accumulate);
      },
      m.trains());
}

}  // namespace bantam
#endif
