#include "model/decoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/threads.h"
#include "model/tiny_models.h"

namespace bantam {
namespace {

using testing::make_model;
using testing::run_step;
using testing::tiny_batch;
using testing::TinyResult;

struct NamedModel {
  const char* name;
  ModelConfig config;
  double bf16_gradients;  // how far rounding to bf16 may move a gradient
  double regrouped;       // how far another cut into micro-batches may
};
// Group norms of a few channels, looped, multiply rounding errors: in f32 the looped model's gradients are good to 2e-5,
// and another order of sums shows just that.
std::vector<NamedModel> models() {
  return {{"dense", testing::tiny_dense(), 0.15, 1e-6},
          {"looped", testing::tiny_looped(), 0.3, 2e-5},
          {"recurrent", testing::tiny_recurrent(), 0.3, 2e-5}};
}

double largest(const std::vector<double>& v) {
  double m = 0;
  for (const double x : v) m = std::max(m, std::abs(x));
  return m;
}

void expect_close(const Decoder& model, const TinyResult& got, const TinyResult& want, double loss_tolerance,
                  double gradient_tolerance) {
  EXPECT_NEAR(got.loss, want.loss, loss_tolerance * std::abs(want.loss));
  for (size_t w = 0; w < want.gradients.size(); ++w) {
    double worst = 0;
    for (size_t i = 0; i < want.gradients[w].size(); ++i)
      worst = std::max(worst, std::abs(got.gradients[w][i] - want.gradients[w][i]));
    EXPECT_LE(worst, gradient_tolerance * std::max(largest(want.gradients[w]), 1e-12))
        << model.weights()[w]->name;
  }
}

TEST(Decoder, GradientsAgainstFiniteDifferences) {
  for (const auto& [name, config, bf16_gradients, regrouped] : models()) {
    SCOPED_TRACE(name);
    const auto model = make_model(config, Device::reference, Dtype::f64);
    const auto batch = tiny_batch({7, 1, 9});
    const TinyResult result = run_step(*model, {batch});
    for (size_t w = 0; w < model->weights().size(); ++w) {
      Weight& weight = *model->weights()[w];
      double* values = weight.writable().row<double>(0);
      const double scale = std::max(largest(result.gradients[w]), 1e-4);
      for (size_t s = 0; s < 4; ++s) {
        const size_t i = RandomStream(9, w).below(s, weight.count());
        const double old = values[i], step = 1e-5;
        values[i] = old + step;
        const double up = run_step(*model, {batch}, false).loss;
        values[i] = old - step;
        const double down = run_step(*model, {batch}, false).loss;
        values[i] = old;
        EXPECT_NEAR((up - down) / (2 * step) / scale, result.gradients[w][i] / scale, 1e-6)
            << weight.name << " " << i;
      }
    }
  }
}

TEST(Decoder, CpuAgreesWithTheReferenceDevice) {
  const std::vector<testing::TinyBatch> step = {tiny_batch({11, 5, 30}), tiny_batch({40}, 4)};
  for (const auto& [name, config, bf16_gradients, regrouped] : models()) {
    SCOPED_TRACE(name);
    const auto reference = make_model(config, Device::reference, Dtype::f64);
    const TinyResult want = run_step(*reference, step);
    const auto f32 = make_model(config, Device::cpu, Dtype::f32);
    expect_close(*f32, run_step(*f32, step), want, 1e-6, 2e-5);
    const auto mixed = make_model(config, Device::cpu, Dtype::bf16);
    expect_close(*mixed, run_step(*mixed, step), want, 5e-3, bf16_gradients);
  }
}

TEST(Decoder, SameBitsForAnyNumberOfThreads) {
  for (const auto& [name, config, bf16_gradients, regrouped] : models())
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      SCOPED_TRACE(name);
      const auto model = make_model(config, Device::cpu, dtype);
      const int before = thread_count();
      set_thread_count(1);
      const TinyResult want = run_step(*model, {tiny_batch({50, 3, 100})});
      for (const int threads : {2, 3}) {
        set_thread_count(threads);
        const TinyResult got = run_step(*model, {tiny_batch({50, 3, 100})});
        EXPECT_EQ(got.loss, want.loss);
        EXPECT_EQ(got.gradients, want.gradients);
      }
      set_thread_count(before);
    }
}

TEST(Decoder, CheckpointedLayersGiveTheSameBits) {
  for (const auto& [name, config, bf16_gradients, regrouped] : models()) {
    SCOPED_TRACE(name);
    const auto model = make_model(config, Device::cpu, Dtype::f32);
    const TinyResult want = run_step(*model, {tiny_batch({20, 13})});
    const TinyResult got = run_step(*model, {tiny_batch({20, 13})}, true, true);
    EXPECT_EQ(got.loss, want.loss);
    EXPECT_EQ(got.gradients, want.gradients);
  }
}

TEST(Decoder, MicroBatchesAddUpToTheWholeStep) {
  for (const auto& [name, config, bf16_gradients, regrouped] : models()) {
    SCOPED_TRACE(name);
    const auto model = make_model(config, Device::cpu, Dtype::f32);
    std::vector<testing::TinyBatch> pieces;
    testing::TinyBatch whole;
    for (size_t i = 0; i < 32; ++i) {
      pieces.push_back(tiny_batch({3 + i % 7}, 20 + i));
      whole.segments.push_back({whole.ids.size(), pieces[i].ids.size()});
      whole.ids.insert(whole.ids.end(), pieces[i].ids.begin(), pieces[i].ids.end());
      whole.targets.insert(whole.targets.end(), pieces[i].targets.begin(), pieces[i].targets.end());
    }
    expect_close(*model, run_step(*model, pieces), run_step(*model, {whole}), 1e-6, regrouped);
  }
}

// Documents in one packed batch: forward bits as when each runs alone, gradients within 1e-5 of their maximum.
TEST(Decoder, PackedDocumentsEqualSeparateOnes) {
  for (const auto& [name, config, bf16_gradients, regrouped] : models())
    for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
      SCOPED_TRACE(name);
      const auto model = make_model(config, Device::cpu, dtype);
      const auto a = tiny_batch({17}, 1), b = tiny_batch({29}, 2);
      testing::TinyBatch packed = a;
      packed.segments.push_back({17, 29});
      packed.ids.insert(packed.ids.end(), b.ids.begin(), b.ids.end());
      packed.targets.insert(packed.targets.end(), b.targets.begin(), b.targets.end());
      const auto logits = [&](const testing::TinyBatch& batch) {
        Pass pass(batch.ids, batch.segments, Device::cpu, dtype);
        return testing::values_of(model->logits(model->read_outs(pass).back().hidden).mat());
      };
      std::vector<double> separate = logits(a);
      for (const double x : logits(b)) separate.push_back(x);
      EXPECT_EQ(logits(packed), separate);
      expect_close(*model, run_step(*model, {packed}), run_step(*model, {a, b}), 1e-5,
                   dtype == Dtype::f32 ? 1e-5 : 2e-2);
    }
}

TEST(Decoder, NoMemoryFromTheSystemAfterTheFirstStep) {
  for (const ModelConfig& config : {testing::tiny_looped(), testing::tiny_recurrent()}) {
    const auto model = make_model(config, Device::cpu, Dtype::bf16);
    run_step(*model, {tiny_batch({60, 40})});
    run_step(*model, {tiny_batch({60, 40})});
    const uint64_t calls = arena_use(Device::cpu).system_calls;
    for (int i = 0; i < 3; ++i) run_step(*model, {tiny_batch({60, 40})});
    EXPECT_EQ(arena_use(Device::cpu).system_calls, calls);
  }
}

// Where documents end, at whole blocks of attention (64), does not change what a step takes from the system, nor does how much
// of them is learnt.
TEST(Decoder, NoMemoryFromTheSystemForDocumentsOfOtherLengths) {
  for (const ModelConfig& config : {testing::tiny_looped(), testing::tiny_recurrent()}) {
    const auto model = make_model(config, Device::cpu, Dtype::bf16);
    release_free_memory(Device::cpu);
    run_step(*model, {tiny_batch({256})});
    const uint64_t calls = arena_use(Device::cpu).system_calls;
    for (const std::vector<size_t>& lengths :
         std::vector<std::vector<size_t>>{{128, 128}, {64, 192}, {256}}) {
      auto batch = tiny_batch(lengths);
      run_step(*model, {batch});
      std::fill_n(batch.targets.begin(), 100, -1);
      run_step(*model, {batch});
    }
    EXPECT_EQ(arena_use(Device::cpu).system_calls, calls);
  }
}

TEST(Decoder, ALayerWithoutFeedHasOneNorm) {
  const auto model = make_model(testing::tiny_recurrent(), Device::cpu, Dtype::f32);
  std::vector<std::string> norms;
  for (const auto& w : model->weights())
    if (w->name.starts_with("model.layers.2.") && w->name.find("layernorm") != std::string::npos)
      norms.push_back(w->name);
  EXPECT_EQ(norms, (std::vector<std::string>{"model.layers.2.input_layernorm.weight",
                                             "model.layers.2.input_layernorm.bias"}));
}

TEST(Decoder, ValuesThatNoLayerGivesAreMissed) {
  ModelConfig config = testing::tiny_recurrent();
  config.layers.erase(config.layers.begin() + 1);
  const auto model = make_model(config, Device::cpu, Dtype::f32);
  EXPECT_THROW(run_step(*model, {tiny_batch({5})}), Error);
}

TEST(Decoder, PresetsHaveTheCardsCounts) {
  const std::vector<std::pair<const char*, uint64_t>> counts = {{"qovaryx-50m", 47474688},
                                                                {"qovaryx-350m", 304427008},
                                                                {"qovaryx-1b", 1068646400},
                                                                {"qovaryx-3b", 3066688256},
                                                                {"quark-72m", 71646720}};
  for (const auto& [name, count] : counts) {
    const Decoder model(parse_model({{"preset", name}}, "preset"), Device::meta, Dtype::bf16);
    EXPECT_EQ(model.parameters(), count) << name;
  }
  const Decoder without(parse_model({{"preset", "qovaryx-50m"}, {"decision_head", false}}, "preset"),
                        Device::meta, Dtype::bf16);
  EXPECT_EQ(without.parameters(), 47342080u);
}

// Ouro's second stage: the trunk stays as it is, and its penalties are no part of the loss.
TEST(Decoder, TheGainOfAStepTeachesTheHaltingHeadAlone) {
  ModelConfig config = testing::tiny_looped();
  config.loop.halt->objective = HaltObjective::gain;
  const auto model = testing::make_model(config, Device::cpu, Dtype::f32);
  const testing::TinyResult result = testing::run_step(*model, {testing::tiny_batch({9, 14})});
  EXPECT_EQ(result.loss, result.terms.at("halt_gain"));
  for (size_t w = 0; w < model->weights().size(); ++w) {
    const bool halting = model->weights()[w]->name.starts_with("halt_head.");
    EXPECT_EQ(model->weights()[w]->trainable, halting) << model->weights()[w]->name;
    const std::vector<double>& gradient = result.gradients[w];
    EXPECT_EQ(std::any_of(gradient.begin(), gradient.end(), [](double g) { return g != 0; }), halting);
  }
}

// What the log shows of a mixture: how much of the rows went to each expert, over all micro-batches of a step.
TEST(Decoder, SharesOfTheExpertsAddUp) {
  ModelConfig config = testing::tiny_dense();
  for (LayerConfig& layer : config.layers)
    layer.feed = {
        "routed_lowrank_swiglu",
        R"({"kind": "routed_lowrank_swiglu", "width": 20, "rank": 5, "experts": 3, "per_token": 2})"};
  const auto model = testing::make_model(config, Device::cpu, Dtype::f32);
  for (const bool replay : {false, true}) {
    const auto terms = testing::run_step(*model, {tiny_batch({9, 14}), tiny_batch({30})}, true, replay).terms;
    for (const std::string layer : {"0", "1"}) {
      double sum = 0;
      for (const char* expert : {".0", ".1", ".2"}) sum += terms.at("expert_share." + layer + expert);
      EXPECT_NEAR(sum, 1, 1e-12);
    }
    EXPECT_NEAR(terms.at("moe_aux"), 2, 1);  // 1 a layer where the load is even
    EXPECT_GT(terms.at("router_z"), 0);
  }
}

// What the log shows of the exits adds up.
TEST(Decoder, ExitTermsAddUp) {
  for (const HaltObjective objective : {HaltObjective::entropy, HaltObjective::geometric}) {
    ModelConfig config = testing::tiny_looped();
    config.loop.halt->objective = objective;
    config.loop.halt->floor_share = 0.25;
    const auto model = testing::make_model(config, Device::reference, Dtype::f64);
    auto terms = testing::run_step(*model, {testing::tiny_batch({9, 14})}, false, false, 0).terms;
    const double even = (terms["ce_exit.0"] + terms["ce_exit.1"]) / 2,
                 beta = config.loop.halt->entropy_weight;
    const double prior = objective == HaltObjective::geometric ? terms["halt_prior"] : -terms["halt_entropy"];
    const double loss = testing::run_step(*model, {testing::tiny_batch({9, 14})}, false, false, 0).loss;
    EXPECT_NEAR(loss, 0.75 * terms["ce"] + 0.25 * even + beta * prior, 1e-12);
    EXPECT_NEAR(terms["exit_share.0"] + terms["exit_share.1"], 1, 1e-12);
    EXPECT_NEAR(terms["mean_depth"], 1 + terms["exit_share.1"], 1e-12);
    // The divergence from the prior is a price on depth and an entropy (models/vuaf.md section 10).
    if (objective == HaltObjective::geometric) {
      EXPECT_NEAR(prior,
                  -terms["halt_entropy"] - std::log(0.6) * terms["exit_share.1"] -
                      std::log(0.4) * terms["exit_share.0"],
                  1e-12);
    }
  }
}

}  // namespace
}  // namespace bantam
