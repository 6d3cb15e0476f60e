// What every part promises, held for each part alone and for compositions of all of them.
#include <gtest/gtest.h>

#include <cmath>

#include "base/threads.h"
#include "contract/composition.h"
#include "infer/forward.h"
#include "ops/held_rounding.h"
#include "tensor/tape.h"
#include "train/decoder_learner.h"
#include "train/optimizer.h"

namespace bantam {
namespace {

using testing::Composition;
using testing::make_model;
using testing::run_step;
using testing::tiny_batch;
using testing::TinyBatch;
using testing::TinyResult;

class Contract : public ::testing::TestWithParam<Composition> {
 protected:
  std::unique_ptr<Decoder> model(Device device, Dtype compute) const {
    return make_model(GetParam().config(), device, compute);
  }
  ::testing::ScopedTrace trace_{__FILE__, __LINE__, GetParam().name};
};

double largest(const std::vector<double>& v) {
  double m = 0;
  for (const double x : v) m = std::max(m, std::abs(x));
  return m;
}

// By which share of a weight's largest gradient two results differ, for the worst weight. A weight whose gradient is next
// to nothing beside the others' holds rounding errors of theirs.
double worst_difference(const TinyResult& got, const TinyResult& want) {
  double worst = 0, floor = 0;
  for (const std::vector<double>& gradient : want.gradients)
    floor = std::max(floor, 1e-3 * largest(gradient));
  for (size_t w = 0; w < want.gradients.size(); ++w)
    for (size_t i = 0; i < want.gradients[w].size(); ++i)
      worst = std::max(worst, std::abs(got.gradients[w][i] - want.gradients[w][i]) /
                                  std::max(largest(want.gradients[w]), floor));
  return worst;
}

std::vector<int32_t> some_ids(size_t count, uint64_t seed) { return tiny_batch({count}, seed).ids; }

// Logits of every loop step and row, as one list of bits.
std::vector<double> logits_of(const Decoder& model, const std::vector<ReadOut>& outs) {
  std::vector<double> all;
  for (const ReadOut& out : outs)
    for (const double x : testing::values_of(model.logits(out.hidden).mat())) all.push_back(x);
  return all;
}

// The last step's logits of ids fed in pieces of `sizes`, the last size repeated.
std::vector<double> in_pieces(const Decoder& model, SequenceMemory& memory, std::span<const int32_t> ids,
                              const std::vector<size_t>& sizes) {
  std::vector<double> all;
  for (size_t begin = 0, i = 0; begin < ids.size(); ++i) {
    const size_t count = std::min(sizes[std::min(i, sizes.size() - 1)], ids.size() - begin);
    const Feed one[] = {{&memory, ids.subspan(begin, count)}};
    for (const double x : logits_of(model, {feed(model, one).back()})) all.push_back(x);
    begin += count;
  }
  return all;
}

// The derivative along a random direction through each weight.
// What is constant by definition must not move with the weights: targets of jepa are left out, addresses of lsh held. What is
// learnt straight through a rounding is held as the offset that the rounding was.
TEST_P(Contract, GradientsAreThoseOfFiniteDifferences) {
  Json json = GetParam().json;
  if (json.contains("heads") && json["heads"].contains("jepa")) json["heads"]["jepa"]["weight"] = 0;
  if (json.contains("embed") && json["embed"].contains("memory") && json["embed"]["memory"].contains("hash"))
    json["embed"]["memory"]["hash_scale"] = 0.001;
  const auto reference = make_model(parse_model(json, GetParam().name), Device::reference, Dtype::f64);
  const std::vector<TinyBatch> step = {tiny_batch({5, 1, 7})};
  HeldRounding held;
  held.begin(HeldRounding::Use::record);
  const TinyResult result = run_step(*reference, step);
  for (size_t w = 0; w < reference->weights().size(); ++w) {
    Weight& weight = *reference->weights()[w];
    if (!weight.trainable) continue;
    double* values = weight.writable().row<double>(0);
    const std::vector<double> before(values, values + weight.count());
    std::vector<double> direction(weight.count());
    double along = 0;
    for (size_t i = 0; i < direction.size(); ++i) {
      direction[i] = RandomStream(3, w).normal(i) / std::sqrt(static_cast<double>(weight.count()));
      along += direction[i] * result.gradients[w][i];
    }
    const auto loss_at = [&](double distance) {
      for (size_t i = 0; i < before.size(); ++i) values[i] = before[i] + distance * direction[i];
      held.begin(HeldRounding::Use::straight_through);
      return run_step(*reference, step, false).loss;
    };
    const auto central = [&](double h) { return (loss_at(h) - loss_at(-h)) / (2 * h); };
    const double h = 2e-6, slope = (4 * central(h) - central(2 * h)) / 3;  // without its error in h²
    loss_at(0);
    EXPECT_NEAR(slope, along, 1e-6 * std::max(largest(result.gradients[w]), 1e-3)) << weight.name;
  }
}

TEST_P(Contract, TheCpuAgreesWithTheReferenceDevice) {
  const std::vector<TinyBatch> step = {tiny_batch({11, 5, 30}), tiny_batch({40}, 4)};
  const auto reference = model(Device::reference, Dtype::f64), f32 = model(Device::cpu, Dtype::f32);
  HeldRounding held;  // to whole numbers: to which side is the CPU's choice
  held.begin(HeldRounding::Use::record);
  const TinyResult got = run_step(*f32, step);
  held.begin(HeldRounding::Use::repeat);
  const TinyResult want = run_step(*reference, step);
  held.begin(HeldRounding::Use::record);
  EXPECT_NEAR(got.loss, want.loss, 1e-5 * std::abs(want.loss));
  EXPECT_LE(worst_difference(got, want), 5e-4);
  const auto bf16 = model(Device::cpu, Dtype::bf16);
  EXPECT_NEAR(run_step(*bf16, step).loss, want.loss, 2e-2 * std::abs(want.loss));
}

TEST_P(Contract, SameBitsForAnyNumberOfThreadsAndOnReplay) {
  const auto f32 = model(Device::cpu, Dtype::f32);
  const std::vector<TinyBatch> step = {tiny_batch({50, 3, 40})};
  const int before = thread_count();
  set_thread_count(1);
  const TinyResult want = run_step(*f32, step);
  for (const int threads : {2, 3}) {
    set_thread_count(threads);
    const TinyResult got = run_step(*f32, step, true, threads == 3);  // layers replayed as well
    EXPECT_EQ(got.loss, want.loss);
    EXPECT_EQ(got.gradients, want.gradients);
  }
  set_thread_count(before);
}

TEST_P(Contract, PackedDocumentsEqualSeparateOnes) {
  const auto f32 = model(Device::cpu, Dtype::f32);
  const TinyBatch a = tiny_batch({17}, 1), b = tiny_batch({29}, 2);
  TinyBatch packed = a;
  packed.segments.push_back({17, 29});
  packed.ids.insert(packed.ids.end(), b.ids.begin(), b.ids.end());
  packed.targets.insert(packed.targets.end(), b.targets.begin(), b.targets.end());
  const auto logits = [&](const TinyBatch& batch) {
    Pass pass(batch.ids, batch.segments, Device::cpu, Dtype::f32);
    return testing::values_of(f32->logits(f32->read_outs(pass).back().hidden).mat());
  };
  std::vector<double> separate = logits(a);
  for (const double x : logits(b)) separate.push_back(x);
  EXPECT_EQ(logits(packed), separate);
}

// Positions without a token stand for nothing, and nothing overflows on their way back.
TEST_P(Contract, EmptyPositionsChangeNothing) {
  const auto f32 = model(Device::cpu, Dtype::f32);
  const TinyBatch batch = tiny_batch({17, 5});
  TinyBatch padded = batch;
  padded.segments.push_back({22, 9});
  padded.ids.insert(padded.ids.end(), 9, -1);
  padded.targets.insert(padded.targets.end(), 9, -1);
  const TinyResult want = run_step(*f32, {batch}), got = run_step(*f32, {padded});
  EXPECT_NEAR(got.loss, want.loss, 1e-5 * std::abs(want.loss));
  EXPECT_LE(worst_difference(got, want), 1e-4);
  for (const std::vector<double>& gradient : got.gradients)
    for (const double g : gradient) ASSERT_TRUE(std::isfinite(g));
}

TEST_P(Contract, PrefillStepwiseAndChunkedAreTheSameBits) {
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
    const auto cpu = model(Device::cpu, dtype);
    const std::vector<int32_t> ids = some_ids(75, 1);
    std::vector<std::vector<double>> all;
    for (const std::vector<size_t>& sizes : {std::vector<size_t>{75}, {1}, {11, 5, 1, 1, 30, 3}}) {
      SequenceMemory memory(dtype);
      all.push_back(in_pieces(*cpu, memory, ids, sizes));
    }
    EXPECT_EQ(all[1], all[0]) << "stepwise";
    EXPECT_EQ(all[2], all[0]) << "chunked";
  }
}

// Beside other sequences, after a fork and from a snapshot, a sequence goes on as it would alone.
TEST_P(Contract, MemoriesAreValues) {
  const auto f32 = model(Device::cpu, Dtype::f32);
  const std::vector<int32_t> a = some_ids(30, 1), b = some_ids(21, 2);
  SequenceMemory alone(Dtype::f32);
  const std::vector<double> want = in_pieces(*f32, alone, a, {13, 17});
  const size_t half = want.size() / a.size() * 13;

  SequenceMemory memory(Dtype::f32), other(Dtype::f32);
  const std::span<const int32_t> ids(a);
  in_pieces(*f32, memory, ids.first(13), {13});
  const SequenceMemory saved = memory;
  SequenceMemory fork = memory.fork();
  in_pieces(*f32, memory, b, {21});  // goes astray
  const std::vector<double> rest(want.begin() + static_cast<ptrdiff_t>(half), want.end());
  EXPECT_EQ(in_pieces(*f32, fork, ids.subspan(13), {17}), rest);
  memory = saved;
  const Feed both[] = {{&other, b}, {&memory, ids.subspan(13)}};
  const std::vector<double> together = logits_of(*f32, {feed(*f32, both).back()});
  EXPECT_TRUE(std::equal(rest.begin(), rest.end(), together.end() - static_cast<ptrdiff_t>(rest.size())));
}

// Four rows, each a document of its own, with all that the model can take: an image before the text, a class at its end.
Batch full_rows(const ModelConfig& config, size_t length) {
  static const std::vector<uint8_t> pixels(64 * 64 * 3, 77);
  const TinyBatch rows = tiny_batch({length, length, length, length});
  Batch batch{.rows = 4, .length = length, .tokens = rows.ids, .targets = rows.targets};
  const auto& decision = config.heads.decision;
  for (size_t row = 0; row < batch.rows; ++row) {
    const size_t begin = row * length;
    batch.segments.push_back({begin, length});
    for (size_t i = 0; i < length; ++i) batch.positions.push_back(static_cast<int32_t>(i));
    if (decision && decision->enabled) batch.labels.push_back({begin + length - 1, 1});
    if (const auto& images = config.embed.patches) {
      const size_t patches = static_cast<size_t>(images->patches()),
                   side = static_cast<size_t>(images->image_size);
      std::fill_n(batch.tokens.begin() + static_cast<ptrdiff_t>(begin), patches, -1);
      std::fill_n(batch.targets.begin() + static_cast<ptrdiff_t>(begin), patches, -1);
      batch.images.push_back({begin, patches, std::span(pixels).first(side * side * 3)});
    }
  }
  return batch;
}

// What a plan says of weights, gradients, moments and activations is what training then takes, to the byte but for the
// few that kernels sum gains in.
TEST_P(Contract, APlanKnowsTheMemoryOfAStep) {
  constexpr uint64_t kLength = 64;
  TrainRecipe recipe;
  recipe.max_seq_len = kLength;
  recipe.tokens_per_batch = 4 * kLength;
  const auto live = [] { return static_cast<double>(arena_use(Device::cpu).live_bytes); };
  for (const auto replay : {GradientCheckpointing::off, GradientCheckpointing::layers}) {
    recipe.gradient_checkpointing = replay;
    const StepCost plan = measure_step(GetParam().config(), Dtype::f32, recipe, kLength);
    const double before = live();
    Decoder model(GetParam().config(), Device::cpu, Dtype::f32);
    model.initialise(1);
    EXPECT_EQ(live() - before, plan.parameters_bytes);
    DecoderLearner learner(model, recipe, [&model](uint64_t) { return full_rows(model.config(), kLength); });
    EXPECT_EQ(live() - before, plan.parameters_bytes + plan.gradient_bytes);
    const AdamW optimizer(learner.weights(), {});
    const double standing = live();
    EXPECT_EQ(standing - before, plan.parameters_bytes + plan.gradient_bytes + plan.optimizer_bytes);
    {  // a run evaluates first, and what a weight derives for that stays
      const TinyBatch rows = tiny_batch({kLength});
      Pass pass(rows.ids, rows.segments, Device::cpu, Dtype::f32);
      model.read_outs(pass);
    }
    reset_arena_peak(Device::cpu);
    learner.open_step(0);
    {
      Tape tape;
      tape.backward(learner.forward(0).roots);
    }
    EXPECT_NEAR(static_cast<double>(arena_use(Device::cpu).peak_bytes) - standing, plan.activation_bytes,
                4096);
  }
}

TEST_P(Contract, ItsConfigIsReadBackAsItWasWritten) {
  const ModelConfig config = GetParam().config();
  EXPECT_EQ(to_json(parse_model(to_json(config), "again")), to_json(config));
}

INSTANTIATE_TEST_SUITE_P(EachPart, Contract, ::testing::ValuesIn(testing::each_part()));
INSTANTIATE_TEST_SUITE_P(Drawn, Contract, ::testing::ValuesIn([] {
                           std::vector<Composition> all;
                           for (uint64_t i = 0; i < 30; ++i) all.push_back(testing::drawn(i));
                           return all;
                         }()));

}  // namespace

}  // namespace bantam
