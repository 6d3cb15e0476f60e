#include "ops/time_step.h"

#include <algorithm>
#include <cmath>

#include "base/threads.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

struct Gate {
  enum Kind { time_step, rate, offset } kind;
  double low = 0, high = 0;
};

struct Value {
  double y, by_x, by_w;  // and its derivatives
};

double softplus(double z) { return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))); }
double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

Value evaluate(const Gate& gate, double x, double w) {
  const double e = gate.kind == Gate::time_step ? 0 : std::exp(w);
  switch (gate.kind) {
    case Gate::time_step: {
      const double y = softplus(x + w), slope = y >= gate.low && y <= gate.high ? sigmoid(x + w) : 0;
      return {std::clamp(y, gate.low, gate.high), slope, slope};
    }
    case Gate::rate:
      return {-x * e, -e, -x * e};
    case Gate::offset:
      return {-softplus(x - e), -sigmoid(x - e), sigmoid(x - e) * e};
  }
  return {};
}

double at(const ConstMat& m, size_t t, size_t h) {
  if (m.dtype == Dtype::f64) return m.row<double>(t)[h];
  return m.dtype == Dtype::f32 ? static_cast<double>(m.row<float>(t)[h])
                               : static_cast<double>(static_cast<float>(m.row<bf16>(t)[h]));
}

void put(const Mat& m, size_t t, size_t h, double value, bool accumulate) {
  const double sum = accumulate ? at(m, t, h) + value : value;
  if (m.dtype == Dtype::f64)
    m.row<double>(t)[h] = sum;
  else if (m.dtype == Dtype::f32)
    m.row<float>(t)[h] = static_cast<float>(sum);
  else
    m.row<bf16>(t)[h] = bf16(static_cast<float>(sum));
}

// A task is a head, so that a sum over tokens has one order.
void forward(const Gate& gate, ConstMat x, ConstMat w, Mat y) {
  parallel_for(x.cols, [&](size_t h) {
    for (size_t t = 0; t < x.rows; ++t) put(y, t, h, evaluate(gate, at(x, t, h), at(w, 0, h)).y, false);
  });
}

void backward(const Gate& gate, ConstMat dy, ConstMat x, ConstMat w, Mat dx, bool add_dx, Mat dw,
              bool add_dw) {
  parallel_for(x.cols, [&](size_t h) {
    double sum = 0;
    for (size_t t = 0; t < x.rows; ++t) {
      const Value v = evaluate(gate, at(x, t, h), at(w, 0, h));
      if (dx.data != nullptr) put(dx, t, h, at(dy, t, h) * v.by_x, add_dx);
      sum += at(dy, t, h) * v.by_w;
    }
    if (dw.data != nullptr) put(dw, 0, h, sum, add_dw);
  });
}

constinit Kernel<void(const Gate&, ConstMat, ConstMat, Mat)> gate_kernel{"time_step", forward, forward};
constinit Kernel<void(const Gate&, ConstMat, ConstMat, ConstMat, Mat, bool, Mat, bool)> gate_backward{
    "time_step backward", backward, backward};

Tensor gated(const char* name, const Gate& gate, const Tensor& x, Weight& w) {
  require(w.count() == x.cols(), ErrorCode::invalid, "{}: {} has {} values, wanted {}, the columns of x",
          name, w.name, w.count(), x.cols());
  Output y = like(x, w.master.dtype());
  gate_kernel(x.device(), gate, x.mat(), w.master.mat(), y.mat());
  return record(
      name, std::move(y), {&x},
      [gate, x, &w](Sink& sink, const Tensor& dy) {
        const GradientTarget dx = sink.into_wanted(x);
        const GradientTarget dw = sink.into_wanted(w);
        gate_backward(dy.device(), gate, dy.mat(), x.mat(), w.master.mat(), dx.mat, dx.accumulate, dw.mat,
                      dw.accumulate);
      },
      w.trains());
}

}  // namespace

Tensor time_step(const Tensor& x, Weight& bias, float low, float high) {
  return gated("time_step", {Gate::time_step, static_cast<double>(low), static_cast<double>(high)}, x, bias);
}

Tensor log_decay(const Tensor& step, Weight& log_rate) {
  return gated("log_decay", {Gate::rate}, step, log_rate);
}

Tensor log_decay_from(const Tensor& x, Weight& log_offset) {
  return gated("log_decay_from", {Gate::offset}, x, log_offset);
}

}  // namespace bantam
