#include "model/decision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/tiny_models.h"
#include "ops/gemm_onednn.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using testing::make_model;
using testing::tiny_batch;
using testing::TinyBatch;
using testing::TinyResult;

ModelConfig deciding(ModelConfig config, bool enabled = true) {
  config.heads.decision = DecisionConfig{enabled, 3};
  return config;
}

struct LabelledBatch {
  TinyBatch batch;
  std::vector<LabelledRow> labelled;
};

// Two documents, of which the first has a class at its fourth token, and one with a class at its last.
std::vector<LabelledBatch> some_batches() {
  return {{tiny_batch({7, 5}), {{3, 2}}}, {tiny_batch({12}, 4), {{11, 0}}}, {tiny_batch({12}, 5), {}}};
}

// The batches as the micro-batches of one step.
TinyResult run(Decoder& model, const std::vector<LabelledBatch>& batches, const ObjectiveOptions& options,
               bool backward = true) {
  TargetCounts counts;
  for (const auto& [b, labelled] : batches) {
    counts += count_targets(b.targets, b.ids, b.segments, model.config().furthest_target());
    counts.labelled += labelled.size();
  }
  TinyResult result;
  for (const auto& w : model.weights()) w->gradient_is_fresh = true;
  for (const auto& [b, labelled] : batches) {
    Tape tape;
    Pass pass(b.ids, b.segments, model.device(), model.compute());
    const Losses losses = compute_losses(model, pass, b.targets, counts, options, labelled);
    result.loss += losses.total();
    for (const auto& [name, value] : losses.terms) result.terms[name] += value;
    if (backward) tape.backward(losses.roots);
  }
  for (const auto& w : model.weights())
    if (backward)
      result.gradients.push_back(w->gradient_is_fresh ? std::vector<double>(w->count(), 0.0)
                                                      : testing::values_of(w->gradient.mat()));
  return result;
}

LabelledBatch together(const std::vector<LabelledBatch>& parts) {
  LabelledBatch all;
  for (const auto& [b, labelled] : parts) {
    const size_t at = all.batch.ids.size();
    for (const auto& [start, length] : b.segments) all.batch.segments.push_back({at + start, length});
    all.batch.ids.insert(all.batch.ids.end(), b.ids.begin(), b.ids.end());
    all.batch.targets.insert(all.batch.targets.end(), b.targets.begin(), b.targets.end());
    for (const auto& [row, label] : labelled) all.labelled.push_back({at + row, label});
  }
  return all;
}

const ObjectiveOptions kOptions{
    .mtp_weight = 0.3, .decision_weight = 0.7, .calibration_weight = 0.4, .class_weights = {2, 1, 0.5}};

double largest(const std::vector<double>& v) {
  double m = 0;
  for (const double x : v) m = std::max(m, std::abs(x));
  return m;
}

TEST(Decision, GradientsAgainstFiniteDifferences) {
  for (const ModelConfig& config : {testing::tiny_dense(), testing::tiny_looped()}) {
    const auto model = make_model(deciding(config), Device::reference, Dtype::f64);
    const auto batches = some_batches();
    const TinyResult result = run(*model, batches, kOptions);
    for (size_t w = 0; w < model->weights().size(); ++w) {
      Weight& weight = *model->weights()[w];
      double* values = weight.writable().row<double>(0);
      const double scale = std::max(largest(result.gradients[w]), 1e-4);
      if (weight.name.starts_with("decision.")) {
        EXPECT_GT(largest(result.gradients[w]), 0) << weight.name;
      }
      for (size_t s = 0; s < 3; ++s) {
        const size_t i = RandomStream(9, w).below(s, weight.count());
        const double old = values[i], step = 1e-5;
        values[i] = old + step;
        const double up = run(*model, batches, kOptions, false).loss;
        values[i] = old - step;
        const double down = run(*model, batches, kOptions, false).loss;
        values[i] = old;
        EXPECT_NEAR((up - down) / (2 * step) / scale, result.gradients[w][i] / scale, 1e-6)
            << weight.name << " " << i;
      }
    }
  }
}

TEST(Decision, MicroBatchesAddUpToTheWholeStepWhereverTheLabelsAre) {
  const auto model = make_model(deciding(testing::tiny_dense()), Device::reference, Dtype::f64);
  const auto parts = some_batches();
  const TinyResult got = run(*model, parts, kOptions), want = run(*model, {together(parts)}, kOptions);
  EXPECT_NEAR(got.loss, want.loss, 1e-12);
  for (const auto& [name, value] : want.terms) EXPECT_NEAR(got.terms.at(name), value, 1e-12) << name;
  for (size_t w = 0; w < want.gradients.size(); ++w)
    for (size_t i = 0; i < want.gradients[w].size(); ++i)
      ASSERT_NEAR(got.gradients[w][i], want.gradients[w][i], 1e-12) << model->weights()[w]->name;
}

TEST(Decision, ItsTermsAreUnweighted) {
  const auto model = make_model(deciding(testing::tiny_dense()), Device::reference, Dtype::f64);
  auto terms = run(*model, some_batches(), kOptions, false).terms;
  const double loss = run(*model, some_batches(), kOptions, false).loss;
  EXPECT_NEAR(loss, terms["ce"] + 0.3 * terms["mtp"] + 0.7 * terms["decision"] + 0.4 * terms["calibration"],
              1e-12);
  EXPECT_GT(terms["calibration"], 0);
  // The two labelled rows, of the classes 2 and 0, each count for one half.
  const auto alone = [&](size_t batch) {
    return run(*model, {some_batches()[batch]}, kOptions, false).terms.at("decision");
  };
  EXPECT_NEAR(terms["decision"], (alone(0) + alone(1)) / 2, 1e-12);
  ObjectiveOptions even = kOptions;
  even.class_weights.clear();
  const double unweighted = run(*model, {some_batches()[1]}, even, false).terms.at("decision");
  EXPECT_NEAR(alone(1), 2 * unweighted, 1e-12);
}

TEST(Decision, NothingIsLearntWithoutLabelsOrWhereTheHeadIsOff) {
  for (const bool enabled : {true, false}) {
    const auto model = make_model(deciding(testing::tiny_dense(), enabled), Device::cpu, Dtype::f32);
    const LabelledBatch batch = enabled ? some_batches()[2] : some_batches()[0];
    const TinyResult result = run(*model, {batch}, kOptions);
    EXPECT_FALSE(result.terms.contains("decision"));
    for (size_t w = 0; w < model->weights().size(); ++w)
      if (model->weights()[w]->name.starts_with("decision.")) {
        EXPECT_EQ(largest(result.gradients[w]), 0);
        EXPECT_TRUE(model->weights()[w]->gradient_is_fresh) << "weight decay would move it otherwise";
      }
  }
}

// Each shape of a product stays compiled: a run whose batches all had another one would grow for as long as it lasts.
TEST(Decision, HowManyRowsAreLabelledAsksForFewShapesOfProducts) {
  const auto model = make_model(deciding(testing::tiny_dense()), Device::cpu, Dtype::f32);
  const auto learn = [&](size_t rows) {
    LabelledBatch batch{tiny_batch({60, 60}), {}};
    for (size_t row = 0; row < rows; ++row) batch.labelled.push_back({row, 1});
    run(*model, {batch}, kOptions);
  };
  for (const size_t rows : {1, 2, 4, 8, 16, 32, 64, 120}) learn(rows);
  const size_t compiled = compiled_products();
  for (size_t rows = 1; rows <= 120; rows += 7) learn(rows);
  EXPECT_EQ(compiled_products(), compiled);
}

TEST(Decision, RefusesAClassThatTheHeadHasNot) {
  const auto model = make_model(deciding(testing::tiny_dense()), Device::cpu, Dtype::f32);
  LabelledBatch batch = some_batches()[0];
  batch.labelled[0].label = 3;
  EXPECT_THROW(run(*model, {batch}, kOptions), Error);
}

TEST(Decision, ClassesWeighByInverseFrequency) {
  const std::vector<uint64_t> counts{30, 0, 10};
  const std::vector<double> weights = inverse_frequency(counts, 4);
  EXPECT_THAT(weights, ElementsAre(40 / (2 * 30.0), 0, 40 / (2 * 10.0), 0));
  EXPECT_NEAR((30 * weights[0] + 10 * weights[2]) / 40, 1, 1e-12) << "the mean over the rows";
}

}  // namespace
}  // namespace bantam
