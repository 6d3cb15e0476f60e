// Models that take images: what the contract promises of every part (tests/contract), held with images before the text, for
// the encoder beside memories, value embeddings, recurrences, streams and loops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/threads.h"
#include "infer/forward.h"
#include "model/part_costs.h"
#include "model/tiny_models.h"
#include "ops/gemm_onednn.h"
#include "train/decoder_learner.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using testing::make_model;
using testing::TinyBatch;
using testing::TinyResult;

constexpr size_t kSize = 6, kPatch = 3, kPatches = 4, kPixels = kSize * kSize * 3;

ModelConfig with_images(ModelConfig config) {
  config.embed.patches = PatchConfig{kSize, kPatch};
  return config;
}

// An n-gram memory, embeddings that are read again, streams, refinement, several tokens ahead.
ModelConfig laden() {
  return parse_model(Json::parse(R"({
    "width": 24, "vocab": 40, "context": 64,
    "embed": {"tied": false, "value": true, "memory": {"kind": "engram", "table_rows": 37}},
    "layers": [{"mixer": {"kind": "attention", "heads": 3}, "feed": {"kind": "swiglu", "width": 20}},
               {"mixer": {"kind": "mamba2", "head_width": 12}, "feed": {"kind": "swiglu", "width": 20}}],
    "join": {"kind": "hyper", "streams": 2}, "refine": {"kind": "hrm", "rank": 9}, "heads": {"mtp": {"k": 3}}})"),
                     "laden");
}

struct Named {
  std::string name;
  ModelConfig config;
};
void PrintTo(const Named& named, std::ostream* out) { *out << named.name; }

class Patches : public ::testing::TestWithParam<Named> {
 protected:
  std::unique_ptr<Decoder> model(Device device, Dtype compute) const {
    return make_model(with_images(GetParam().config), device, compute);
  }
};

std::shared_ptr<const std::vector<uint8_t>> pixels(uint64_t seed) {
  std::vector<uint8_t> values(kPixels);
  Random random(seed, "pixels");
  for (uint8_t& value : values) value = static_cast<uint8_t>(random.below(256));
  return std::make_shared<const std::vector<uint8_t>>(std::move(values));
}

struct Document {
  size_t tokens;
  uint64_t image = 0;  // its seed; 0 for none
};

struct PictureBatch {
  TinyBatch batch;
  std::vector<SequenceImage> images;  // by rising row
};

// Documents in one row of rows, each with its image before its text.
PictureBatch documents(const std::vector<Document>& list, uint64_t seed = 3) {
  PictureBatch all;
  for (const auto& [tokens, image] : list) {
    const size_t begin = all.batch.ids.size();
    if (image != 0) all.images.push_back({begin, kPatches, pixels(image)});
    all.batch.ids.insert(all.batch.ids.end(), image != 0 ? kPatches : 0, -1);
    all.batch.targets.insert(all.batch.targets.end(), image != 0 ? kPatches : 0, -1);
    const TinyBatch text = testing::tiny_batch({tokens}, seed++);
    all.batch.ids.insert(all.batch.ids.end(), text.ids.begin(), text.ids.end());
    all.batch.targets.insert(all.batch.targets.end(), text.targets.begin(), text.targets.end());
    all.batch.segments.push_back({begin, all.batch.ids.size() - begin});
  }
  return all;
}

Pass pass_over(const Decoder& model, const PictureBatch& b) {
  Pass pass(b.batch.ids, b.batch.segments, model.device(), model.compute());
  for (const SequenceImage& image : b.images)
    pass.add_image(image.start, 0, image.patches, image.pixels->data());
  return pass;
}

TinyResult run(Decoder& model, const PictureBatch& b, bool backward = true, bool replay = false) {
  const TargetCounts counts =
      count_targets(b.batch.targets, b.batch.ids, b.batch.segments, model.config().furthest_target());
  for (const auto& w : model.weights()) w->gradient_is_fresh = true;
  Tape tape;
  Pass pass = pass_over(model, b);
  pass.replay_layers = replay;
  const Losses losses = compute_losses(model, pass, b.batch.targets, counts, {0.3, 1e-3});
  TinyResult result{losses.total(), losses.terms, {}};
  if (!backward) return result;
  tape.backward(losses.roots);
  for (const auto& w : model.weights())
    result.gradients.push_back(w->gradient_is_fresh ? std::vector<double>(w->count(), 0.0)
                                                    : testing::values_of(w->gradient.mat()));
  return result;
}

double largest(const std::vector<double>& v) {
  double m = 0;
  for (const double x : v) m = std::max(m, std::abs(x));
  return m;
}

// Along a random direction through each tensor of the encoder, and through the table of the tokens beside it.
TEST_P(Patches, GradientsAreThoseOfFiniteDifferences) {
  const auto reference = model(Device::reference, Dtype::f64);
  const PictureBatch batch = documents({{5, 1}, {4}, {3, 2}});
  const TinyResult result = run(*reference, batch);
  size_t of_encoder = 0;
  for (size_t w = 0; w < reference->weights().size(); ++w) {
    Weight& weight = *reference->weights()[w];
    if (!weight.name.starts_with("patches.") && weight.name != "model.embed_tokens.weight") continue;
    of_encoder += weight.name.starts_with("patches.") ? 1 : 0;
    EXPECT_GT(largest(result.gradients[w]), 0) << weight.name;
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
      return run(*reference, batch, false).loss;
    };
    const auto central = [&](double h) { return (loss_at(h) - loss_at(-h)) / (2 * h); };
    const double h = 2e-6, slope = (4 * central(h) - central(2 * h)) / 3;
    loss_at(0);
    EXPECT_NEAR(slope, along, 1e-6 * std::max(largest(result.gradients[w]), 1e-3)) << weight.name;
  }
  EXPECT_EQ(of_encoder, 3u);
}

TEST_P(Patches, TheCpuAgreesWithTheReferenceDevice) {
  const PictureBatch batch = documents({{11, 1}, {5}, {30, 2}});
  const TinyResult want = run(*model(Device::reference, Dtype::f64), batch);
  const TinyResult got = run(*model(Device::cpu, Dtype::f32), batch);
  EXPECT_NEAR(got.loss, want.loss, 1e-5 * std::abs(want.loss));
  double floor = 0;
  for (const auto& gradient : want.gradients) floor = std::max(floor, 1e-3 * largest(gradient));
  for (size_t w = 0; w < want.gradients.size(); ++w)
    for (size_t i = 0; i < want.gradients[w].size(); ++i)
      ASSERT_NEAR(got.gradients[w][i], want.gradients[w][i],
                  5e-4 * std::max(largest(want.gradients[w]), floor))
          << w;
  EXPECT_NEAR(run(*model(Device::cpu, Dtype::bf16), batch, false).loss, want.loss,
              2e-2 * std::abs(want.loss));
}

// Each shape of a product stays compiled, and every batch has other images.
TEST_P(Patches, HowManyImagesThereAreAsksForFewShapesOfProducts) {
  const auto learner = model(Device::cpu, Dtype::f32);
  const auto learn = [&](size_t images) {
    std::vector<Document> some;
    for (size_t i = 0; i < 12; ++i) some.push_back(i < images ? Document{5, 1} : Document{5 + kPatches});
    run(*learner, documents(some));
  };
  for (size_t patches = kPatches; patches <= 16 * kPatches; patches *= 2)
    learn(std::min<size_t>(12, patches / kPatches));
  const size_t compiled = compiled_products();
  for (size_t images = 1; images <= 12; ++images) learn(images);
  EXPECT_EQ(compiled_products(), compiled);
}

TEST_P(Patches, SameBitsForAnyNumberOfThreadsAndOnReplay) {
  const auto f32 = model(Device::cpu, Dtype::f32);
  const PictureBatch batch = documents({{40, 1}, {3}, {30, 2}});
  const int before = thread_count();
  set_thread_count(1);
  const TinyResult want = run(*f32, batch);
  for (const int threads : {2, 3}) {
    set_thread_count(threads);
    const TinyResult got = run(*f32, batch, true, threads == 3);
    EXPECT_EQ(got.loss, want.loss);
    EXPECT_EQ(got.gradients, want.gradients);
  }
  set_thread_count(before);
}

TEST_P(Patches, PackedDocumentsEqualSeparateOnes) {
  const auto f32 = model(Device::cpu, Dtype::f32);
  const auto logits = [&](const PictureBatch& b) {
    Pass pass = pass_over(*f32, b);
    return testing::values_of(f32->logits(f32->read_outs(pass).back().hidden).mat());
  };
  std::vector<double> separate = logits(documents({{17, 1}}, 3));
  for (const PictureBatch& one : {documents({{9}}, 4), documents({{6, 2}}, 5)})
    for (const double x : logits(one)) separate.push_back(x);
  EXPECT_EQ(logits(documents({{17, 1}, {9}, {6, 2}}, 3)), separate);
}

// Cut anywhere, within an image too, alone or beside another sequence.
TEST_P(Patches, PrefillStepwiseAndChunkedAreTheSameBits) {
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16}) {
    const auto cpu = model(Device::cpu, dtype);
    const PictureBatch b = documents({{31, 1}});
    const std::span<const int32_t> ids(b.batch.ids);
    const auto logits = [&](const std::vector<ReadOut>& outs) {
      return testing::values_of(cpu->logits(outs.back().hidden).mat());
    };
    const auto in_pieces = [&](const std::vector<size_t>& sizes) {
      SequenceMemory memory(dtype);
      std::vector<double> all;
      for (size_t begin = 0, i = 0; begin < ids.size(); ++i) {
        const size_t count = std::min(sizes[std::min(i, sizes.size() - 1)], ids.size() - begin);
        const Feed one[] = {{&memory, ids.subspan(begin, count), b.images}};
        for (const double x : logits(feed(*cpu, one))) all.push_back(x);
        begin += count;
      }
      return all;
    };
    const std::vector<double> want = in_pieces({ids.size()});
    EXPECT_EQ(in_pieces({1}), want) << "stepwise";
    EXPECT_EQ(in_pieces({3, 1, 7, 2}), want) << "chunked";
    SequenceMemory memory(dtype), other(dtype);
    const PictureBatch beside = documents({{5, 7}}, 9);
    const Feed both[] = {{&other, beside.batch.ids, beside.images}, {&memory, ids, b.images}};
    const std::vector<double> together = logits(feed(*cpu, both));
    EXPECT_TRUE(std::equal(want.begin(), want.end(), together.end() - static_cast<ptrdiff_t>(want.size())));
  }
}

TEST_P(Patches, TextAloneIsAsWithoutAnEncoderAndAnImageIsSeen) {
  const auto plain = make_model(GetParam().config, Device::cpu, Dtype::f32);
  const auto seeing = model(Device::cpu, Dtype::f32);
  const auto last_row = [](const Decoder& m, const PictureBatch& b) {
    Pass pass = pass_over(m, b);
    const std::vector<double> all = testing::values_of(m.logits(m.read_outs(pass).back().hidden).mat());
    return std::vector<double>(all.end() - 40, all.end());
  };
  EXPECT_EQ(last_row(*plain, documents({{12}})), last_row(*seeing, documents({{12}})));
  EXPECT_NE(last_row(*seeing, documents({{12, 1}})), last_row(*seeing, documents({{12, 2}})));
  EXPECT_THROW(last_row(*plain, documents({{12, 1}})), Error);
}

INSTANTIATE_TEST_SUITE_P(Models, Patches,
                         ::testing::Values(Named{"dense", testing::tiny_dense()},
                                           Named{"looped", testing::tiny_looped()},
                                           Named{"recurrent", testing::tiny_recurrent()},
                                           Named{"laden", laden()}));

// A plan counts an image before each row: to the byte what such rows then take.
TEST(PatchPlan, KnowsTheMemoryOfAStepWithImages) {
  constexpr uint64_t kLength = 32;
  const ModelConfig config = with_images(testing::tiny_dense());
  TrainRecipe recipe;
  recipe.max_seq_len = kLength;
  recipe.tokens_per_batch = 4 * kLength;
  const auto live = [] { return static_cast<double>(arena_use(Device::cpu).live_bytes); };
  const StepCost plan = measure_step(config, Dtype::f32, recipe, kLength);
  const double before = live();
  Decoder model(config, Device::cpu, Dtype::f32);
  model.initialise(1);
  EXPECT_EQ(live() - before, plan.parameters_bytes);
  const PictureBatch rows = documents({{28, 1}, {28, 2}, {28, 3}, {28, 4}});
  DecoderLearner learner(model, recipe, [&](uint64_t) {
    Batch batch{.rows = 4, .length = kLength, .tokens = rows.batch.ids, .targets = rows.batch.targets};
    for (size_t row = 0; row < batch.rows; ++row) {
      batch.segments.push_back({row * kLength, kLength});
      batch.images.push_back({row * kLength, kPatches, *rows.images[row].pixels});
    }
    batch.positions.resize(batch.tokens.size());
    return batch;
  });
  const double standing = live();
  reset_arena_peak(Device::cpu);
  learner.open_step(0);
  {
    Tape tape;
    tape.backward(learner.forward(0).roots);
  }
  EXPECT_NEAR(static_cast<double>(arena_use(Device::cpu).peak_bytes) - standing, plan.activation_bytes, 4096);
  const StepCost text = measure_step(testing::tiny_dense(), Dtype::f32, recipe, kLength);
  constexpr double kProduct =
      2.0 * 4 * kPatches * 3 * kPatch * kPatch * 24;        // forward; and the weight's gradient
  constexpr double kScores = 2.0 * 4 * kPatches * 40 * 24;  // of a head that predicts nothing from patches
  EXPECT_DOUBLE_EQ(plan.flops, text.flops + 2 * kProduct - 3 * 3 * kScores);
}

TEST(PatchConfig, TensorsHaveTheCardsNamesAndShapes) {
  const Decoder model(with_images(testing::tiny_dense()), Device::meta, Dtype::f32);
  std::map<std::string, std::vector<size_t>> shapes;
  for (const auto& weight : model.weights())
    for (const WeightPart& part : weight->parts)
      if (part.name.starts_with("patches.")) shapes[part.name] = part.shape;
  EXPECT_EQ(shapes.size(), 3u);
  EXPECT_THAT(shapes["patches.conv.weight"], ElementsAre(24, 3, kPatch, kPatch));
  EXPECT_THAT(shapes["patches.position"], ElementsAre(kPatches, 24));
  EXPECT_THAT(shapes["patches.norm.weight"], ElementsAre(24));
}

TEST(PatchConfig, APresetTakesTheCardsKeys) {
  const auto parsed = [](const Json& more) {
    Json json = {{"preset", "qovaryx-50m"}};
    json.update(more);
    return parse_model(json, "model.json");
  };
  const uint64_t without = Decoder(parsed(Json::object()), Device::meta, Dtype::f32).parameters();
  EXPECT_EQ(without, 47474688u);
  const ModelConfig config =
      parsed({{"chart_patch_encoder_enabled", true}, {"image_size", 32}, {"patch_size", 8}});
  EXPECT_EQ(config.embed.patches->patches(), 16);
  EXPECT_EQ(to_json(parse_model(to_json(config), "again")), to_json(config));
  constexpr uint64_t kEncoder = 512 * 3 * 8 * 8 + 16 * 512 + 512;
  EXPECT_EQ(Decoder(config, Device::meta, Dtype::f32).parameters(), without + kEncoder);
  const PartCosts costs = count_part_costs(config), plain = count_part_costs(parsed(Json::object()));
  EXPECT_EQ(costs.patches.parameters, kEncoder);
  EXPECT_EQ(costs.patches.flops, 2.0 * 512 * 3 * 8 * 8);
  EXPECT_EQ(costs.joins.parameters, plain.joins.parameters);
  EXPECT_EQ(costs.flops, plain.flops);
  EXPECT_EQ(costs.parameters.inference, plain.parameters.inference + kEncoder);
  EXPECT_EQ(parsed({{"chart_patch_encoder_enabled", true}}).embed.patches->patches(), 196);

  EXPECT_THROW(parsed({{"image_size", 32}}), Error) << "belongs to the encoder";
  EXPECT_THROW(parsed({{"chart_patch_encoder_enabled", true}, {"patch_size", 10}}), Error) << "no divisor";
  EXPECT_THROW(parsed({{"chart_patch_encoder_enabled", true}, {"image_size", 1024}, {"max_seq_len", 512}}),
               Error)
      << "fills the context";
}

}  // namespace
}  // namespace bantam
