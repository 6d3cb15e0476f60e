// What a document that goes on behind its last row may teach: the token there, which is known, and not the state, which is
// another document's.
#include "model/objective.h"

#include <gtest/gtest.h>

#include "tiny_models.h"

namespace bantam {
namespace {

using namespace testing;

TEST(Objective, StatesAheadStayInTheirSegment) {
  const std::vector<int32_t> targets = {5, 6, 7, 8, -1, 9};
  const std::vector<int32_t> ids = {1, 2, 3, 4, 5, 6};
  const Segments segments = {{0, 3}, {3, 3}};
  EXPECT_EQ(targets_ahead(targets, ids, segments, 1), targets);
  EXPECT_EQ(targets_ahead(targets, ids, segments, 2), (std::vector<int32_t>{6, 7, -1, -1, 9, -1}));
  EXPECT_EQ(rows_ahead(targets, ids, segments, 1), (std::vector<int32_t>{1, 2, -1, 4, -1, -1}));
  EXPECT_EQ(rows_ahead(targets, ids, segments, 2), (std::vector<int32_t>{2, -1, -1, -1, -1, -1}));
  const TargetCounts counts = count_targets(targets, ids, segments, 2);
  EXPECT_EQ(counts.targets, (std::vector<uint64_t>{5, 3}));
  EXPECT_EQ(counts.states, (std::vector<uint64_t>{3, 1}));
}

TEST(Objective, CutDocumentsPackedAreCutDocumentsAlone) {
  ModelConfig config = tiny_dense();
  config.heads.jepa = JepaConfig{.horizon = 2, .rank = 8, .weight = 0.1};
  const auto model = make_model(config, Device::reference, Dtype::f64);
  const TinyBatch packed = tiny_batch({5, 1, 4});
  std::vector<TinyBatch> alone;
  for (const auto& [start, length] : packed.segments) {
    const auto part = [&](const std::vector<int32_t>& of) {
      return std::vector<int32_t>(of.begin() + start, of.begin() + start + length);
    };
    alone.push_back({part(packed.ids), part(packed.targets), {{0, length}}});
  }
  ASSERT_GE(packed.targets.back(), 0) << "the last document goes on behind the batch";
  const TinyResult together = run_step(*model, {packed}), apart = run_step(*model, alone);
  EXPECT_GT(together.terms.at("jepa"), 0);
  for (const auto& [name, value] : together.terms) EXPECT_NEAR(value, apart.terms.at(name), 1e-12) << name;
  for (size_t w = 0; w < together.gradients.size(); ++w)
    for (size_t i = 0; i < together.gradients[w].size(); ++i)
      ASSERT_NEAR(together.gradients[w][i], apart.gradients[w][i], 1e-12) << model->weights()[w]->name;
}

}  // namespace
}  // namespace bantam
