#include "train/weight_average.h"

#include <algorithm>

#include "base/threads.h"
#include "tensor/copy.h"

namespace bantam {
namespace {

constexpr size_t kBlock = size_t{1} << 16;

// f(average, master, count) for blocks of both, as T.
template <class T, class F>
void over_blocks(const WeightAverage::State& state, F f) {
  T *average = state.values.mat().row<T>(0), *master = state.weight->writable().row<T>(0);
  parallel_blocks(state.weight->count(), kBlock,
                  [&](size_t begin, size_t end) { f(average + begin, master + begin, end - begin); });
}

template <class F>
void over_values(const WeightAverage::State& state, F f) {
  if (state.weight->device() == Device::meta) return;
  if (state.weight->master.dtype() == Dtype::f64)
    over_blocks<double>(state, f);
  else
    over_blocks<float>(state, f);
}

}  // namespace

WeightAverage::WeightAverage(const std::vector<Weight*>& weights, double decay) : decay_(decay) {
  for (Weight* weight : weights)
    if (weight->trains())
      states_.push_back(
          {weight, Output(weight->rows, weight->cols, weight->master.dtype(), weight->device())});
}

void WeightAverage::begin() {
  updates = 0;
  for (const State& state : states_)
    copy(state.weight->device(), state.weight->master.mat(), state.values.mat());
}

void WeightAverage::update() {
  const double t = static_cast<double>(++updates), d = std::min(decay_, (1 + t) / (10 + t));
  for (const State& state : states_)
    over_values(state, [d](auto* average, const auto* master, size_t count) {
      const auto rest = static_cast<std::remove_reference_t<decltype(*average)>>(1 - d);
      for (size_t i = 0; i < count; ++i) average[i] += rest * (master[i] - average[i]);
    });
}

void WeightAverage::swap() {
  for (const State& state : states_) {
    over_values(state, [](auto* average, auto* master, size_t count) {
      std::swap_ranges(average, average + count, master);
    });
    state.weight->changed();
  }
}

}  // namespace bantam
