#include "train/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "base/random.h"
#include "base/threads.h"
#include "train/loose_weights.h"

namespace bantam {
namespace {

using testing::values_of;

// A weight of random values whose second half is a tensor of its own.
std::unique_ptr<Weight> make_weight(const std::string& name, size_t rows, size_t cols, bool decays,
                                    Device device, bool low = false) {
  const size_t half = rows * cols / 2;
  std::vector<double> values(rows * cols);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(RandomStream(1, name).normal(i));
  auto weight = testing::loose_weight(
      {{name + ".a", {half}, 0, half}, {name + ".b", {rows * cols - half}, half, rows * cols - half}}, rows,
      cols, values, device, low);
  weight->name = name;
  weight->decays = decays;
  return weight;
}

// Gradients of step `step`, of very different sizes.
std::vector<double> set_gradient(Weight& weight, uint64_t step) {
  std::vector<double> g(weight.count());
  const RandomStream random(step, weight.name);
  for (size_t i = 0; i < g.size(); ++i)
    g[i] = static_cast<float>(random.normal(i) * std::pow(10, 4 * random.uniform(i + g.size()) - 3));
  testing::put_gradient(weight, g);
  return g;
}

const AdamWOptions kOptions{
    .beta1 = 0.9, .beta2 = 0.95, .eps = 1e-8, .weight_decay = 0.1, .lr_scale = {{"big.b", 0.5}}};

struct PlainAdamW {
  std::vector<double> w, m, v;
  bool decays;
  int t = 0;
  void update(const std::vector<double>& g, double lr, double scale, bool halved) {
    ++t;
    for (size_t i = 0; i < w.size(); ++i) {
      const double rate = halved && i >= w.size() / 2 ? lr * 0.5 : lr, x = g[i] * scale;
      if (decays) w[i] *= 1 - rate * 0.1;
      m[i] = 0.9 * m[i] + (1 - 0.9) * x;
      v[i] = 0.95 * v[i] + (1 - 0.95) * x * x;
      w[i] -=
          rate / (1 - std::pow(0.9, t)) * m[i] / (std::sqrt(v[i]) / std::sqrt(1 - std::pow(0.95, t)) + 1e-8);
    }
  }
};

struct Model {
  explicit Model(Device device, bool low = false) {
    weights.push_back(make_weight("big", 300, 451, true, device, low));
    weights.push_back(make_weight("gain", 1, 31, false, device, low));
    weights.push_back(make_weight("one", 1, 1, true, device, low));
  }
  std::vector<Weight*> pointers() const {
    std::vector<Weight*> all;
    for (const auto& weight : weights) all.push_back(weight.get());
    return all;
  }
  std::vector<std::unique_ptr<Weight>> weights;
};

void check_against_plain(Device device, double tolerance) {
  Model model(device);
  std::vector<PlainAdamW> plain;
  for (const auto& w : model.weights)
    plain.push_back({values_of(w->master.mat()), std::vector<double>(w->count()),
                     std::vector<double>(w->count()), w->decays});
  AdamW optimizer(model.pointers(), kOptions);
  for (uint64_t step = 0; step < 12; ++step) {
    double squares = 0, moved = 0;
    const double lr = 1e-2 / static_cast<double>(step + 1), scale = 0.3;
    for (size_t k = 0; k < plain.size(); ++k) {
      const std::vector<double> g = set_gradient(*model.weights[k], step), before = plain[k].w;
      for (const double x : g) squares += x * x;
      plain[k].update(g, lr, scale, k == 0);
      for (size_t i = 0; i < g.size(); ++i)
        moved += (plain[k].w[i] - before[i]) * (plain[k].w[i] - before[i]);
    }
    EXPECT_NEAR(optimizer.gradient_norm() / std::sqrt(squares), 1, tolerance);
    // The change that was really made: the rounding of w adds to it.
    EXPECT_NEAR(optimizer.update(lr, scale) / std::sqrt(moved), 1, 100 * tolerance);
    for (size_t k = 0; k < plain.size(); ++k) {
      const std::vector<double> got = values_of(model.weights[k]->master.mat());
      for (size_t i = 0; i < got.size(); ++i)
        ASSERT_NEAR(got[i], plain[k].w[i], tolerance * (1 + std::abs(plain[k].w[i])))
            << k << " " << i << " step " << step;
    }
  }
  for (size_t k = 0; k < plain.size(); ++k) {
    const AdamW::State& state = optimizer.states()[k];
    const std::vector<double> m = values_of(state.first.values.mat()),
                              v = values_of(state.second.values.mat());
    for (size_t i = 0; i < m.size(); ++i) {
      ASSERT_NEAR(m[i], plain[k].m[i], 10 * tolerance * (0.1 + std::abs(plain[k].m[i])));
      ASSERT_NEAR(v[i], plain[k].v[i], 10 * tolerance * (0.1 + std::abs(plain[k].v[i])));
    }
    EXPECT_EQ(state.updates, 12u);
  }
}

TEST(AdamW, CpuFollowsThePlainLoop) { check_against_plain(Device::cpu, 1e-6); }
TEST(AdamW, ReferenceFollowsThePlainLoop) { check_against_plain(Device::reference, 1e-13); }

TEST(AdamW, TheBf16CopyIsTheMasterRounded) {
  Model model(Device::cpu, true);
  AdamW optimizer(model.pointers(), kOptions);
  for (const auto& weight : model.weights) set_gradient(*weight, 0);
  optimizer.update(1e-2, 1);
  for (const auto& weight : model.weights)
    for (size_t i = 0; i < weight->count(); ++i)
      ASSERT_EQ(weight->low.data<bf16>()[i].bits, bf16(weight->master.data<float>()[i]).bits);
}

void expect_same_bits_for_any_number_of_threads(const AdamWOptions& options) {
  const int before = thread_count();
  std::vector<std::vector<double>> want;
  double want_norm = 0, want_change = 0;
  for (const int threads : {1, 2, 3, 5}) {
    set_thread_count(threads);
    Model model(Device::cpu);
    AdamW optimizer(model.pointers(), options);
    std::vector<std::vector<double>> got;
    double norm = 0, change = 0;
    for (uint64_t step = 0; step < 3; ++step) {
      for (const auto& weight : model.weights) set_gradient(*weight, step);
      norm += optimizer.gradient_norm();
      change += optimizer.update(1e-2, 1);
    }
    for (const auto& weight : model.weights) got.push_back(values_of(weight->master.mat()));
    if (threads == 1) want = got, want_norm = norm, want_change = change;
    EXPECT_EQ(got, want) << threads;
    EXPECT_EQ(norm, want_norm);
    EXPECT_EQ(change, want_change);
  }
  set_thread_count(before);
}

AdamWOptions in_8_bits() {
  AdamWOptions options = kOptions;
  options.in_8_bits = true;
  return options;
}

TEST(AdamW, TheSameBitsForAnyNumberOfThreads) { expect_same_bits_for_any_number_of_threads(kOptions); }
TEST(AdamW8Bit, TheSameBitsForAnyNumberOfThreads) { expect_same_bits_for_any_number_of_threads(in_8_bits()); }

// Each update of the codes' values is AdamW's; what is then kept is what the code makes of the new moments.
TEST(AdamW8Bit, UpdatesAsAdamWDoesFromWhatTheCodesHold) {
  Model model(Device::cpu);
  AdamW optimizer(model.pointers(), in_8_bits());
  EXPECT_TRUE(optimizer.states()[0].first.coded());
  EXPECT_FALSE(optimizer.states()[1].first.coded());  // 31 elements
  Weight& big = *model.weights[0];
  AdamW::State& state = optimizer.states()[0];
  std::vector<double> m(big.count()), v(big.count());
  for (uint64_t step = 0; step < 5; ++step) {
    PlainAdamW plain{values_of(big.master.mat()), m, v, true, static_cast<int>(step)};
    plain.update(set_gradient(big, step), 1e-2, 0.3, true);
    optimizer.update(1e-2, 0.3);
    const std::vector<double> got = values_of(big.master.mat());
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_NEAR(got[i], plain.w[i], 1e-6 * (1 + std::abs(plain.w[i]))) << i << " step " << step;
    size_t scale = 0;
    for (const WeightPart& part : big.parts)
      for (size_t begin = 0; begin < part.count; begin += kMomentBlock, ++scale) {
        const size_t count = std::min(kMomentBlock, part.count - begin), at = part.offset + begin;
        const auto decode = [&](const Moment& moment, std::vector<double>& into) {
          float values[kMomentBlock];
          decode_moment({moment.code_data() + at, count}, moment.code,
                        moment.scales.mat().row<float>(0)[scale], values);
          std::copy_n(values, count, &into[at]);
        };
        decode(state.first, m);
        decode(state.second, v);
      }
    // Steps of the code: at most a tenth of a value's decade, or the smallest value of a block.
    for (size_t i = 0; i < m.size(); ++i) {
      ASSERT_LE(std::abs(m[i] - plain.m[i]), 0.45 * std::abs(plain.m[i]) + 1e-6) << i;
      ASSERT_TRUE((v[i] > 0) == (static_cast<float>(plain.v[i]) > 0)) << i;
    }
  }
}

TEST(AdamW, AWeightWithoutAGradientIsLeftAlone) {
  Model model(Device::cpu);
  model.weights[2]->trainable = false;
  AdamW optimizer(model.pointers(), kOptions);
  EXPECT_EQ(optimizer.states().size(), 2u);
  const auto gain = values_of(model.weights[1]->master.mat()),
             frozen = values_of(model.weights[2]->master.mat());
  const uint64_t version = model.weights[1]->version;
  set_gradient(*model.weights[0], 0);
  optimizer.update(1e-2, 1);
  EXPECT_EQ(values_of(model.weights[1]->master.mat()), gain);
  EXPECT_EQ(values_of(model.weights[2]->master.mat()), frozen);
  EXPECT_EQ(model.weights[1]->version, version);
  EXPECT_EQ(model.weights[0]->version, version + 1);
  EXPECT_EQ(optimizer.states()[0].updates, 1u);
  EXPECT_EQ(optimizer.states()[1].updates, 0u);
  EXPECT_TRUE(model.weights[0]->gradient_is_fresh);
  EXPECT_EQ(optimizer.gradient_norm(), 0);
}

TEST(AdamW, ANormThatIsNotFiniteIsReported) {
  Model model(Device::cpu);
  AdamW optimizer(model.pointers(), kOptions);
  set_gradient(*model.weights[0], 0);
  *model.weights[0]->gradient.mat().row<float>(299) = std::nanf("");
  EXPECT_FALSE(std::isfinite(optimizer.gradient_norm()));
}

TEST(AdamW, RefusesAPatternThatNamesNothing) {
  Model model(Device::cpu);
  AdamWOptions options = kOptions;
  options.lr_scale = {{"bgi.*", 1}};
  EXPECT_THROW(AdamW(model.pointers(), options), Error);
}

TEST(AdamW, ClipScale) {
  EXPECT_EQ(clip_scale(0.5, 1), 1);
  EXPECT_NEAR(clip_scale(4, 1), 0.25, 1e-6);
  EXPECT_EQ(clip_scale(4, 0), 1);
}

}  // namespace
}  // namespace bantam
