#include "ops/mixture.h"

#include <gmock/gmock.h>

#include "ops/gemm_onednn.h"
#include "ops/grouped_linear.h"
#include "ops/op_check.h"

namespace bantam {
namespace {

using testing::OpCase;
using testing::random_values;
using Tensors = std::vector<Tensor>;

// 45 tokens to 2 of 5 experts; nobody goes to the last.
Routing some_routing(bool training = true) {
  std::vector<int32_t> experts;
  for (int32_t t = 0; t < 45; ++t) {
    experts.push_back(t * 7 % 4);
    experts.push_back((t * 7 + 1 + t % 3) % 4);
  }
  return Routing(45, 2, 5, experts, training);
}

TEST(Mixture, ScoresAndWeights) {
  for (const Scoring scoring : {Scoring::softmax, Scoring::sigmoid, Scoring::sqrt_softplus})
    testing::check_f32_op({"scores", {random_values(45, 5, 1, 3)}, {}, [=](auto& in, auto&) -> Tensors {
                             return {expert_scores(in[0], scoring)};
                           }});
  for (const bool normalize : {false, true})
    testing::check_f32_op(
        {"weights", {testing::uniform_values(45, 5, 2, 0.1, 2)}, {}, [=](auto& in, auto&) -> Tensors {
           return {expert_weights(in[0], some_routing(), normalize, 1.5)};
         }});
  std::vector<int32_t> ids(45, 7);
  ids[0] = ids[20] = ids[44] = -1;  // positions without a token
  for (const Load& load : {Load(some_routing()), Load(some_routing(), ids)}) {
    OpCase balance{
        "balance", {testing::uniform_values(45, 5, 3, 0.1, 2)}, {}, [=](auto& in, auto&) -> Tensors {
          return {balance_loss(in[0], load, 0.3)};
        }};
    balance.results_are_roots = true;
    testing::check_f32_op(balance);
  }
  EXPECT_EQ(Load(some_routing(), ids).chosen, 2u * 42);
}

TEST(Mixture, RowsToSlotsAndBack) {
  testing::check_op({"to_slots", {random_values(45, 19, 1)}, {}, [](auto& in, auto&) -> Tensors {
                       return {to_slots(in[0], some_routing())};
                     }});
  const size_t slots = some_routing().source.size();
  EXPECT_EQ(slots % 32, 0u);
  const OpCase c{"from_slots",
                 {random_values(slots, 19, 1), random_values(45, 2, 2)},
                 {},
                 [](auto& in, auto&) -> Tensors { return {from_slots(in[0], in[1], some_routing())}; }};
  testing::check_f32_op(c);
}

TEST(Mixture, EachExpertsProducts) {
  testing::check_op({"grouped_linear",
                     {random_values(45, 33, 1)},
                     {random_values(5 * 21, 33, 2)},
                     [](auto& in, auto& w) -> Tensors {
                       return {grouped_linear(to_slots(in[0], some_routing()), w[0], some_routing())};
                     }});
}

// Each shape of a product stays compiled, and every step sends other numbers of rows to the experts.
TEST(Mixture, WhateverTheRoutingFewShapesAreMultiplied) {
  const auto learn = [](const std::vector<size_t>& counts) {
    std::vector<int32_t> experts;
    for (size_t e = 0; e < counts.size(); ++e)
      experts.insert(experts.end(), counts[e], static_cast<int32_t>(e));
    const Routing routing(experts.size(), 1, counts.size(), experts, true);
    const OpCase c{"grouped_linear",
                   {random_values(experts.size(), 33, 1)},
                   {random_values(counts.size() * 21, 33, 2)},
                   [&](auto& in, auto& w) -> Tensors {
                     return {grouped_linear(to_slots(in[0], routing), w[0], routing)};
                   }};
    testing::evaluate(c, Device::cpu, Dtype::f32);
  };
  for (const size_t block : {512, 256, 128, 64, 32}) learn({block, 1024 + block});
  const size_t compiled = compiled_products();
  learn({31, 1, 703, 64});
  learn({500, 300, 131, 97});
  EXPECT_EQ(compiled_products(), compiled);
}

// Without a tape nothing is filled up, and a row's bits do not depend on who else goes to its expert.
TEST(Mixture, ARowAloneHasTheSameBits) {
  const OpCase c{"decode", {random_values(45, 33, 1)}, {random_values(5 * 21, 33, 2)}, nullptr};
  std::vector<Weight> w = testing::make_weights(c, Device::cpu, Dtype::f32);
  const Routing all = some_routing(false);
  const Tensor x = testing::to_tensor(c.inputs[0], Device::cpu, Dtype::f32);
  const auto together = testing::to_doubles(grouped_linear(to_slots(x, all), w[0], all).mat());
  for (size_t t = 0; t < 45; ++t) {
    const Routing one(1, 2, 5, {all.experts[2 * t], all.experts[2 * t + 1]}, false);
    const testing::Values row{1,
                              33,
                              {c.inputs[0].data.begin() + static_cast<ptrdiff_t>(33 * t),
                               c.inputs[0].data.begin() + static_cast<ptrdiff_t>(33 * (t + 1))}};
    const Tensor mine = testing::to_tensor(row, Device::cpu, Dtype::f32);
    const auto alone = testing::to_doubles(grouped_linear(to_slots(mine, one), w[0], one).mat());
    for (size_t k = 0; k < 2; ++k)
      for (size_t n = 0; n < 21; ++n)
        ASSERT_EQ(alone[one.slot[k] * 21 + n], together[all.slot[2 * t + k] * 21 + n]);
  }
}

TEST(Mixture, TheBestByScoreAndBias) {
  const Tensor scores =
      testing::to_tensor({2, 4, {0.1, 0.5, 0.5, 0.2, 0.3, 0.3, 0.3, 0.3}}, Device::cpu, Dtype::f32);
  EXPECT_THAT(best_experts(scores, nullptr, 2),
              ::testing::ElementsAre(1, 2, 0, 1));  // lower index among equals
  const OpCase c{"bias", {}, {{1, 4, {1, 0, 0, 0.05}}}, nullptr};
  const std::vector<Weight> w = testing::make_weights(c, Device::cpu, Dtype::f32);
  EXPECT_THAT(best_experts(scores, &w[0], 2), ::testing::ElementsAre(0, 1, 0, 3));
}

TEST(Mixture, HashedExpertsAreDistinctAndSpread) {
  std::vector<int32_t> ids(600);
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i);
  const std::vector<int32_t> chosen = hashed_experts(ids, 6, 2);
  std::vector<int> counts(6);
  for (size_t i = 0; i < 600; ++i) {
    EXPECT_NE(chosen[2 * i], chosen[2 * i + 1]);
    ++counts[static_cast<size_t>(chosen[2 * i])];
  }
  for (const int count : counts) EXPECT_THAT(count, ::testing::AllOf(::testing::Gt(60), ::testing::Lt(140)));
}

}  // namespace
}  // namespace bantam
