// One harness for every op: gradients on the reference device against finite differences, the CPU against the
// reference device, the same bits for any number of threads. A test lists cases; the checks are derived.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/threads.h"
#include "tensor/copy.h"
#include "tensor/tape.h"
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam::testing {

// Values of an input or a weight, as the f64 truth.
struct Values {
  size_t rows, cols;
  std::vector<double> data;
};

inline Values random_values(size_t rows, size_t cols, uint64_t seed, double scale = 1.0,
                            double offset = 0.0) {
  Values v{rows, cols, std::vector<double>(rows * cols)};
  const RandomStream random(seed, "values");
  for (size_t i = 0; i < v.data.size(); ++i)
    v.data[i] = static_cast<float>(offset + scale * random.normal(i));
  return v;
}

// Uniform in (low, high): for decays, gates and other bounded inputs.
inline Values uniform_values(size_t rows, size_t cols, uint64_t seed, double low, double high) {
  Values v{rows, cols, std::vector<double>(rows * cols)};
  const RandomStream random(seed, "uniform");
  for (size_t i = 0; i < v.data.size(); ++i)
    v.data[i] = static_cast<float>(low + (high - low) * random.uniform(i));
  return v;
}

inline Tensor to_tensor(const Values& v, Device device, Dtype dtype) {
  Output out(v.rows, v.cols, dtype, device);
  if (device != Device::meta)
    copy(device, ConstMat(v.data.data(), v.rows, v.cols, v.cols, Dtype::f64), out.mat());
  return constant("a test's input", std::move(out));
}

inline std::vector<double> to_doubles(const ConstMat& m) {
  std::vector<double> out(m.rows * m.cols);
  copy(Device::cpu, m, Mat(out.data(), m.rows, m.cols, m.cols, Dtype::f64));
  return out;
}

// The op under test as a function of activations and weights. It returns one or more results.
struct OpCase {
  using Function =
      std::function<std::vector<Tensor>(std::vector<Tensor>& inputs, std::vector<Weight>& weights)>;
  std::string name;
  std::vector<Values> inputs;
  std::vector<Values> weights;
  Function function;
  // Inputs whose gradient is not defined (indices); they are not watched.
  std::vector<size_t> without_gradient = {};
  // Results that a gradient is sent into; by default all. Roots of the tape ([1, 1] losses) get 1.
  bool results_are_roots = false;
};

struct OpResult {
  std::vector<std::vector<double>> results;
  std::vector<std::vector<double>> input_gradients, weight_gradients;
};

inline std::vector<Weight> make_weights(const OpCase& c, Device device, Dtype dtype) {
  std::vector<Weight> weights(c.weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    Weight& w = weights[i];
    w.name = "w" + std::to_string(i);
    w.rows = c.weights[i].rows;
    w.cols = c.weights[i].cols;
    w.parts = {{w.name, {w.rows, w.cols}, 0, w.count()}};
    const Dtype master = device == Device::reference ? Dtype::f64 : Dtype::f32;
    w.master = to_tensor(c.weights[i], device, master);
    if (dtype == Dtype::bf16) w.low = to_tensor(c.weights[i], device, Dtype::bf16);
    w.gradient = Output(w.rows, w.cols, master, device);
  }
  return weights;
}

// The fixed gradient that is sent into result `i`.
inline Values seed_of(size_t i, const Tensor& result) {
  return random_values(result.rows(), result.cols(), 1000 + i, 0.7);
}

inline OpResult evaluate(const OpCase& c, Device device, Dtype dtype, bool with_gradients = true) {
  OpResult out;
  std::vector<Weight> weights = make_weights(c, device, dtype);
  std::vector<Tensor> inputs;
  for (const Values& v : c.inputs) inputs.push_back(to_tensor(v, device, dtype));
  if (!with_gradients) {
    for (const Tensor& y : c.function(inputs, weights)) out.results.push_back(to_doubles(y.mat()));
    return out;
  }
  Tape tape;
  std::vector<bool> watched(inputs.size(), true);
  for (const size_t i : c.without_gradient) watched[i] = false;
  for (size_t i = 0; i < inputs.size(); ++i)
    if (watched[i]) inputs[i] = tape.watch(inputs[i]);
  std::vector<Tensor> leaves = inputs;
  const std::vector<Tensor> results = c.function(inputs, weights);
  for (const Tensor& y : results) out.results.push_back(to_doubles(y.mat()));
  if (c.results_are_roots) {
    tape.backward(results);
  } else {
    std::vector<Tensor> seeds;
    for (size_t i = 0; i < results.size(); ++i)
      seeds.push_back(to_tensor(seed_of(i, results[i]), device, results[i].dtype()));
    tape.backward(results, seeds);
  }
  for (size_t i = 0; i < leaves.size(); ++i) {
    const Tensor g = watched[i] ? tape.gradient(leaves[i]) : Tensor();
    out.input_gradients.push_back(g ? to_doubles(g.mat())
                                    : std::vector<double>(leaves[i].rows() * leaves[i].cols(), 0.0));
  }
  for (Weight& w : weights)
    out.weight_gradients.push_back(w.gradient_is_fresh ? std::vector<double>(w.count(), 0.0)
                                                       : to_doubles(w.gradient.mat()));
  return out;
}

inline double largest(const std::vector<double>& v) {
  double m = 0;
  for (const double x : v) m = std::max(m, std::abs(x));
  return m;
}

// Largest difference in units of the expected values' largest magnitude.
inline double relative_difference(const std::vector<double>& got, const std::vector<double>& want) {
  EXPECT_EQ(got.size(), want.size());
  double worst = 0;
  for (size_t i = 0; i < std::min(got.size(), want.size()); ++i) {
    if (!std::isfinite(got[i])) return INFINITY;
    worst = std::max(worst, std::abs(got[i] - want[i]));
  }
  return worst / std::max(largest(want), 1e-30);
}

// Σ results · seeds, the scalar whose gradient evaluate() computes.
inline double objective(const OpCase& c) {
  const OpResult r = evaluate(c, Device::reference, Dtype::f64, false);
  double total = 0;
  for (size_t i = 0; i < r.results.size(); ++i) {
    if (c.results_are_roots) {
      total += r.results[i][0];
      continue;
    }
    const Values seed = random_values(1, r.results[i].size(), 1000 + i, 0.7);
    for (size_t j = 0; j < seed.data.size(); ++j) total += r.results[i][j] * seed.data[j];
  }
  return total;
}

// Central differences in f64 for up to `samples` elements of every input and weight.
inline void check_gradients(const OpCase& c, double tolerance = 1e-6, size_t samples = 40,
                            double step = 1e-5) {
  SCOPED_TRACE(c.name + ": gradient against finite differences");
  const OpResult r = evaluate(c, Device::reference, Dtype::f64);
  OpCase moved = c;
  auto check = [&](std::vector<Values>& values, const std::vector<std::vector<double>>& gradients,
                   const char* what) {
    for (size_t v = 0; v < values.size(); ++v) {
      if (&values == &moved.inputs &&
          std::find(c.without_gradient.begin(), c.without_gradient.end(), v) != c.without_gradient.end())
        continue;
      const double scale = std::max(largest(gradients[v]), 1e-6);
      const size_t count = values[v].data.size();
      for (size_t s = 0; s < std::min(samples, count); ++s) {
        const size_t i = count <= samples ? s : RandomStream(7, v).below(s, count);
        double& x = values[v].data[i];
        const double old = x;
        x = old + step;
        const double up = objective(moved);
        x = old - step;
        const double down = objective(moved);
        x = old;
        EXPECT_NEAR((up - down) / (2 * step) / scale, gradients[v][i] / scale, tolerance)
            << what << " " << v << " element " << i;
      }
    }
  };
  check(moved.inputs, r.input_gradients, "input");
  check(moved.weights, r.weight_gradients, "weight");
}

// The CPU in `dtype` against the reference device: results within `forward`, gradients within `backward`, both
// relative to the largest expected magnitude.
inline void check_cpu(const OpCase& c, Dtype dtype, double forward, double backward) {
  SCOPED_TRACE(c.name + ": cpu " + name_of(dtype) + " against reference");
  OpCase rounded = c;  // both devices start from the values that the dtype can hold
  if (dtype == Dtype::bf16)
    for (auto* list : {&rounded.inputs, &rounded.weights})
      for (Values& v : *list)
        for (double& x : v.data) x = static_cast<float>(bf16(static_cast<float>(x)));
  const OpResult want = evaluate(rounded, Device::reference, Dtype::f64);
  const OpResult got = evaluate(rounded, Device::cpu, dtype);
  ASSERT_EQ(got.results.size(), want.results.size());
  for (size_t i = 0; i < want.results.size(); ++i)
    EXPECT_LE(relative_difference(got.results[i], want.results[i]), forward) << "result " << i;
  for (size_t i = 0; i < want.input_gradients.size(); ++i)
    EXPECT_LE(relative_difference(got.input_gradients[i], want.input_gradients[i]), backward)
        << "gradient of input " << i;
  for (size_t i = 0; i < want.weight_gradients.size(); ++i)
    EXPECT_LE(relative_difference(got.weight_gradients[i], want.weight_gradients[i]), backward)
        << "gradient of weight " << i;
}

// The same bits for 1, 2, 3 and 5 threads.
inline void check_threads(const OpCase& c, Dtype dtype) {
  SCOPED_TRACE(c.name + ": same bits for any number of threads");
  const int before = thread_count();
  set_thread_count(1);
  const OpResult want = evaluate(c, Device::cpu, dtype);
  for (const int threads : {2, 3, 5}) {
    set_thread_count(threads);
    const OpResult got = evaluate(c, Device::cpu, dtype);
    EXPECT_EQ(got.results, want.results) << threads;
    EXPECT_EQ(got.input_gradients, want.input_gradients) << threads;
    EXPECT_EQ(got.weight_gradients, want.weight_gradients) << threads;
  }
  set_thread_count(before);
}

// Everything at once, with the tolerances that suit most ops.
inline void check_op(const OpCase& c) {
  check_gradients(c);
  check_cpu(c, Dtype::f32, 2e-6, 5e-6);
  check_cpu(c, Dtype::bf16, 1e-2, 2e-2);
  check_threads(c, Dtype::f32);
  check_threads(c, Dtype::bf16);
}

// For ops that work on the f32 stream alone.
inline void check_f32_op(const OpCase& c) {
  check_gradients(c);
  check_cpu(c, Dtype::f32, 2e-6, 5e-6);
  check_threads(c, Dtype::f32);
}

}  // namespace bantam::testing
