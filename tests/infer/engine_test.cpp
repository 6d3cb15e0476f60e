#include "infer/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/threads.h"
#include "model/tiny_models.h"

namespace bantam {
namespace {

using testing::make_model;

// As made, with a halting head that differs from token to token.
std::unique_ptr<Decoder> model_of(const ModelConfig& config, Dtype dtype) {
  auto model = make_model(config, Device::cpu, dtype);
  for (const auto& w : model->weights()) {
    if (w->name != "halt_head.proj.weight") continue;
    for (size_t i = 0; i < w->count(); ++i)
      w->writable().row<float>(0)[i] = static_cast<float>(0.4 * RandomStream(6, "halt").normal(i));
    w->changed();
  }
  return model;
}

struct NamedModel {
  std::string name;
  std::unique_ptr<Decoder> model;
};

ModelConfig windowed() {
  return parse_model(Json::parse(R"({
    "width": 40, "vocab": 57, "context": 512,
    "layers": [{"mixer": {"kind": "attention", "heads": 5, "kv_heads": 1, "window": 37},
                "feed": {"kind": "swiglu", "width": 72}},
               {"mixer": {"kind": "attention", "heads": 4, "kv_heads": 2, "head_width": 16, "bias": true},
                "feed": {"kind": "swiglu", "width": 72}}]})"),
                     "windowed");
}

std::vector<NamedModel> models() {
  std::vector<NamedModel> all;
  for (const Dtype dtype : {Dtype::f32, Dtype::bf16})
    for (ModelConfig config :
         {testing::tiny_dense(), testing::tiny_looped(), testing::tiny_recurrent(), windowed()}) {
      config.context = 512;
      std::string name = config.layers[0].mixer.kind + (config.loop.halt ? " looped " : " ") + name_of(dtype);
      all.push_back({std::move(name), model_of(config, dtype)});
    }
  return all;
}

ModelConfig seeing() {
  ModelConfig config = testing::tiny_dense();
  config.embed.patches = PatchConfig{6, 2};
  return config;
}

std::vector<int32_t> some_ids(size_t count, uint64_t seed, int64_t vocab = 40) {
  std::vector<int32_t> ids;
  Random random(seed, "ids");
  for (size_t i = 0; i < count; ++i)
    ids.push_back(static_cast<int32_t>(random.below(static_cast<uint64_t>(vocab))));
  return ids;
}

// Every loop step's logits (and halting logits) of all rows, as bits.
using Bits = std::vector<std::vector<float>>;  // by row
void append_rows(const Decoder& model, const std::vector<ReadOut>& outs, size_t begin, size_t count,
                 Bits& bits) {
  std::vector<size_t> rows;
  for (size_t i = 0; i < count; ++i) rows.push_back(begin + i);
  const size_t first = bits.size();
  bits.resize(first + count);
  for (size_t step = 0; step < outs.size(); ++step) {
    const Tensor logits =
        logits_at(model, outs, rows, std::vector<int32_t>(count, static_cast<int32_t>(step)));
    for (size_t i = 0; i < count; ++i) {
      const float* row = logits.mat().row<float>(i);
      bits[first + i].insert(bits[first + i].end(), row, row + logits.cols());
      if (step + 1 < outs.size()) bits[first + i].push_back(*outs[step].halt_logit.mat().row<float>(rows[i]));
    }
  }
}

// The ids in pieces of the given sizes, the last size repeated.
Bits in_pieces(const Decoder& model, std::span<const int32_t> ids, std::vector<size_t> sizes) {
  SequenceMemory memory(model.compute());
  Bits bits;
  for (size_t begin = 0, i = 0; begin < ids.size(); ++i) {
    const size_t count = std::min(sizes[std::min(i, sizes.size() - 1)], ids.size() - begin);
    const Feed one[] = {{&memory, ids.subspan(begin, count)}};
    append_rows(model, feed(model, one), 0, count, bits);
    begin += count;
  }
  return bits;
}

TEST(Forward, ARowHasTheSameBitsInAnyChunking) {
  for (const auto& [name, model] : models()) {
    SCOPED_TRACE(name);
    const std::vector<int32_t> ids = some_ids(333, 1);
    const Bits whole = in_pieces(*model, ids, {333});
    EXPECT_EQ(in_pieces(*model, ids, {1}), whole);
    EXPECT_EQ(in_pieces(*model, ids, {11, 5, 1, 1, 64, 3, 128, 17}), whole);
    EXPECT_EQ(in_pieces(*model, ids, {256, 7, 1}), whole);
  }
}

TEST(Forward, ARowHasTheSameBitsAloneAndAmongOthers) {
  for (const auto& [name, model] : models()) {
    SCOPED_TRACE(name);
    constexpr size_t kSequences = 5;
    std::vector<std::vector<int32_t>> ids;
    std::vector<SequenceMemory> memories(kSequences, SequenceMemory(model->compute()));
    std::vector<Bits> together(kSequences), alone;
    for (size_t s = 0; s < kSequences; ++s) {
      ids.push_back(some_ids(20 + 31 * s, s));
      alone.push_back(in_pieces(*model, ids[s], {1000}));
    }
    // Some prefill while others decode; each in its own rhythm.
    std::vector<size_t> done(kSequences);
    for (size_t round = 0; done != std::vector<size_t>{20, 51, 82, 113, 144}; ++round) {
      std::vector<Feed> feeds;
      std::vector<size_t> who;
      for (size_t s = 0; s < kSequences; ++s) {
        const size_t count =
            std::min(ids[s].size() - done[s], (round + s) % 3 == 0 ? 1 : 1 + (round * 7 + s * 5) % 19);
        if (count == 0 || (round + s) % 4 == 3) continue;
        feeds.push_back({&memories[s], std::span<const int32_t>(ids[s]).subspan(done[s], count)});
        who.push_back(s);
        done[s] += count;
      }
      if (feeds.empty()) continue;
      const std::vector<ReadOut> outs = feed(*model, feeds);
      for (size_t i = 0, row = 0; i < who.size(); row += feeds[i++].ids.size())
        append_rows(*model, outs, row, feeds[i].ids.size(), together[who[i]]);
    }
    EXPECT_EQ(together, alone);
  }
}

TEST(Forward, TheSameBitsForAnyNumberOfThreads) {
  const int before = thread_count();
  for (const auto& [name, model] : models()) {
    SCOPED_TRACE(name);
    const std::vector<int32_t> ids = some_ids(70, 2);
    set_thread_count(1);
    const Bits one = in_pieces(*model, ids, {50, 1});
    set_thread_count(3);
    EXPECT_EQ(in_pieces(*model, ids, {50, 1}), one);
  }
  set_thread_count(before);
}

TEST(Forward, AgreesWithTheTrainingPass) {
  for (const auto& [name, model] : models()) {
    SCOPED_TRACE(name);
    const std::vector<int32_t> ids = some_ids(60, 3);
    const Bits decoded = in_pieces(*model, ids, {60});
    Pass pass(ids, {{0, ids.size()}}, Device::cpu, model->compute());
    Bits trained;
    append_rows(*model, model->read_outs(pass), 0, ids.size(), trained);
    const float tolerance = model->compute() == Dtype::f32 ? 2e-4f : 0.2f;
    for (size_t t = 0; t < ids.size(); ++t)
      for (size_t i = 0; i < decoded[t].size(); ++i)
        ASSERT_NEAR(decoded[t][i], trained[t][i], tolerance) << t;
  }
}

TEST(Engine, TokensDoNotDependOnCompanyNorOnChunks) {
  for (const auto& [name, model] : models()) {
    SCOPED_TRACE(name);
    EngineOptions options;
    options.halt_threshold = 0.12;
    Engine engine(*model, options);
    options.chunk = 7;
    Engine choppy(*model, options);
    std::vector<Sequence> alone, together;
    for (uint64_t s = 0; s < 4; ++s) {
      SamplingSettings settings;
      settings.temperature = s == 0 ? 0 : 1.3;
      settings.repetition_penalty = s == 1 ? 1.2 : 1;
      settings.seed = s;
      for (std::vector<Sequence>* list : {&alone, &together}) {
        list->push_back(engine.begin(settings));
        engine.extend(list->back(), some_ids(1 + 23 * s, s));
      }
      for (int i = 0; i < 20; ++i) engine.next(alone.back());
    }
    std::vector<Sequence*> all;
    for (Sequence& s : together) all.push_back(&s);
    for (int i = 0; i < 20; ++i) choppy.next(all);
    for (size_t s = 0; s < alone.size(); ++s)
      EXPECT_THAT(together[s].ids(), ::testing::ElementsAreArray(alone[s].ids()));
  }
}

TEST(Engine, ACopyGoesOnByItself) {
  const auto model = model_of(testing::tiny_looped(), Dtype::f32);
  Engine engine(*model, {});
  SamplingSettings settings;
  settings.seed = 11;
  Sequence sequence = engine.begin(settings);
  engine.extend(sequence, some_ids(9, 1));
  engine.next(sequence);
  const Sequence saved = sequence;
  for (int i = 0; i < 8; ++i) engine.next(sequence);
  Sequence again = saved;
  for (int i = 0; i < 8; ++i) engine.next(again);
  EXPECT_THAT(again.ids(), ::testing::ElementsAreArray(sequence.ids()));
  EXPECT_EQ(saved.length(), 10u);
}

// Exits choose logits and never skip state: the tokens of a threshold are those of running every prefix anew.
TEST(Engine, ExitsByTheThresholdWithExactState) {
  const auto model = model_of(testing::tiny_looped(), Dtype::f32);
  for (const std::optional<double> threshold :
       {std::optional<double>(), std::optional(0.0), std::optional(0.12)}) {
    EngineOptions options;
    options.halt_threshold = threshold;
    Engine engine(*model, options);
    SamplingSettings greedy;
    greedy.temperature = 0;
    Sequence sequence = engine.begin(greedy);
    engine.extend(sequence, some_ids(6, 4));
    std::vector<int32_t> seen_steps;
    for (int i = 0; i < 30; ++i) {
      const std::vector<int32_t> prefix(sequence.ids().begin(), sequence.ids().end());
      const NextToken next = engine.next(sequence);
      SequenceMemory memory(Dtype::f32);
      const Feed one[] = {{&memory, prefix}};
      const std::vector<ReadOut> outs = feed(*model, one);
      const size_t rows[] = {prefix.size() - 1};
      const double z = *outs[0].halt_logit.mat().row<float>(rows[0]);
      const int32_t step = threshold && 1 / (1 + std::exp(-z)) >= *threshold ? 0 : 1;
      EXPECT_EQ(next.exit_step, step);
      const Tensor logits = logits_at(*model, outs, rows, std::vector<int32_t>{step});
      const float* row = logits.mat().row<float>(0);
      EXPECT_EQ(next.id, std::max_element(row, row + logits.cols()) - row);
      seen_steps.push_back(step);
    }
    if (threshold == 0.12) {
      EXPECT_THAT(seen_steps, ::testing::AllOf(::testing::Contains(0), ::testing::Contains(1)));
    }
  }
}

// Statistics over whole sequences: nothing is remembered, and every token runs its prefix anew.
TEST(Engine, AModelThatNeedsWholeSequencesRunsThemWhole) {
  ModelConfig config = testing::tiny_looped();
  set_mixer_option(config, "group_norm", "sequence", "test");
  const auto model = model_of(config, Dtype::f32);
  Engine engine(*model, {.chunk = 3});
  SamplingSettings greedy;
  greedy.temperature = 0;
  Sequence a = engine.begin(greedy), b = engine.begin(greedy);
  engine.extend(a, some_ids(9, 4));
  engine.extend(b, some_ids(4, 5));
  Sequence* const both[] = {&a, &b};
  for (int i = 0; i < 6; ++i) {
    const std::vector<int32_t> prefix(a.ids().begin(), a.ids().end());
    const int32_t id = engine.next(both)[0].id;
    Pass pass(prefix, {{0, prefix.size()}}, Device::cpu, Dtype::f32);
    const Tensor logits = model->logits(model->read_outs(pass).back().hidden);
    const float* row = logits.mat().row<float>(prefix.size() - 1);
    EXPECT_EQ(id, std::max_element(row, row + logits.cols()) - row);
    EXPECT_EQ(a.remembered(), 0u);
  }
  SequenceMemory memory(Dtype::f32);
  const std::vector<int32_t> ids = some_ids(4, 1);
  const Feed one[] = {{&memory, ids}};
  feed(*model, one);
  EXPECT_THROW(feed(*model, one), Error);
}

TEST(Engine, RefusesWhatDoesNotFit) {
  const auto model = make_model(testing::tiny_dense(), Device::cpu, Dtype::f32);
  Engine engine(*model, {.context = 10});
  Sequence sequence = engine.begin({});
  const auto error = [&](std::vector<int32_t> ids) {
    try {
      engine.extend(sequence, ids);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::usage);
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_THAT(error(some_ids(10, 1)), ::testing::HasSubstr("10"));
  EXPECT_THAT(error({3, 40}), ::testing::HasSubstr("40"));
  EXPECT_THAT(error({3, -1}), ::testing::HasSubstr("-1"));
  EXPECT_EQ(sequence.length(), 0u);
  EXPECT_EQ(error(some_ids(9, 1)), "");
  EXPECT_EQ(engine.room(sequence), 1u);
  EXPECT_THROW(Engine(*model, {.vocab = 41}), Error);
}

TEST(Engine, PoisonedWeightsFallBackToFiniteLogits) {
  const auto model = make_model(testing::tiny_dense(), Device::cpu, Dtype::f32);
  Weight& head = model->output_projection();
  for (size_t i = 0; i < head.cols; ++i)
    head.writable().row<float>(17)[i] = std::numeric_limits<float>::quiet_NaN();
  head.changed();
  Engine engine(*model, {});
  SamplingSettings settings;
  settings.temperature = 2;
  Sequence sequence = engine.begin(settings);
  engine.extend(sequence, some_ids(5, 1, 17));
  for (int i = 0; i < 10; ++i) {
    const NextToken next = engine.next(sequence);
    EXPECT_TRUE(next.fell_back);
    EXPECT_NE(next.id, 17);
  }
}

TEST(Engine, OnlyTokensOfTheTokenizerAreChosen) {
  const auto model = make_model(testing::tiny_dense(), Device::cpu, Dtype::f32);
  Engine engine(*model, {.vocab = 5});
  SamplingSettings settings;
  settings.temperature = 50;
  Sequence sequence = engine.begin(settings);
  engine.extend(sequence, some_ids(5, 1));
  for (int i = 0; i < 40; ++i) EXPECT_LT(engine.next(sequence).id, 5);
}

// The tokens of plain decoding and of drafts, for every kind of memory, greedy and drawn.
TEST(Engine, DraftsChangeNoToken) {
  const char* const mixers[] = {R"({"kind": "attention", "heads": 4, "kv_heads": 2})",
                                R"({"kind": "attention", "heads": 4, "window": 9})",
                                R"({"kind": "rwkv7", "heads": 4})", R"({"kind": "mamba2", "head_width": 8})"};
  for (const char* mixer : mixers)
    for (const bool looped : {false, true}) {
      Json json = Json::parse(R"({"width": 40, "vocab": 23, "context": 256, "layers": [{"feed":
                               {"kind": "swiglu", "width": 72}, "repeat": 2}], "heads": {"mtp": {"k": 4}}})");
      json["layers"][0]["mixer"] = Json::parse(mixer);
      if (looped) json["loop"] = {{"steps", 2}, {"halt", {{"threshold", 0.119}}}};
      const auto model = model_of(parse_model(json, mixer), Dtype::bf16);
      for (const double temperature : {0.0, 0.3}) {
        const SamplingSettings sampling{.temperature = temperature, .repetition_penalty = 1.1, .seed = 5};
        EngineOptions options{.halt_threshold = 0.119};
        Engine plain(*model, options);
        Sequence sequence = plain.begin(sampling);
        plain.extend(sequence, some_ids(11, 3, 23));
        for (int i = 0; i < 90; ++i) plain.next(sequence);
        const std::vector<int32_t> want(sequence.ids().begin(), sequence.ids().end());

        for (const size_t drafts : {1, 3}) {
          options.drafts = drafts;
          Engine engine(*model, options);
          Sequence drafted = engine.begin(sampling);
          engine.extend(drafted, some_ids(11, 3, 23));
          while (drafted.length() < want.size()) {
            const size_t most = want.size() - drafted.length(), before = drafted.length();
            const std::vector<NextToken> next =
                engine.next_drafted(drafted, most, [](int32_t) { return false; });
            ASSERT_GE(next.size(), 1u);
            ASSERT_LE(next.size(), std::min(most, drafts + 1));
            ASSERT_EQ(drafted.length(), before + next.size());
          }
          EXPECT_EQ(std::vector<int32_t>(drafted.ids().begin(), drafted.ids().end()), want)
              << mixer << " drafts " << drafts << " temperature " << temperature;
          const DraftCounts& counts = engine.draft_counts();
          EXPECT_GT(counts.seen[0], 0u);
          for (size_t i = 0; i + 1 < drafts; ++i) EXPECT_LE(counts.seen[i + 1], counts.stood[i]);
          // Going back and on again gives the same tokens.
          engine.truncate(drafted, 60);
          while (drafted.length() < want.size())
            engine.next_drafted(drafted, want.size() - drafted.length(), [](int32_t) { return false; });
          EXPECT_EQ(std::vector<int32_t>(drafted.ids().begin(), drafted.ids().end()), want) << mixer;
        }
      }
    }
}

TEST(Engine, RefusesDraftsThatNoHeadMakes) {
  const auto model = model_of(testing::tiny_dense(), Dtype::f32);  // k = 3
  EXPECT_NO_THROW(Engine(*model, EngineOptions{.drafts = 2}));
  EXPECT_THROW(Engine(*model, EngineOptions{.drafts = 3}), Error);
}

std::vector<int32_t> tokens_behind_an_image(const Decoder& model, const EngineOptions& options,
                                            uint8_t shade) {
  Engine engine(model, options);
  SamplingSettings settings;
  settings.temperature = 0;
  settings.repetition_penalty = 1.3;  // looks back on positions without a token
  Sequence sequence = engine.begin(settings);
  engine.extend_image(sequence, std::vector<uint8_t>(6 * 6 * 3, shade));
  engine.extend(sequence, some_ids(5, 1));
  while (sequence.length() < 40)
    engine.next_drafted(sequence, 40 - sequence.length(), [](int32_t) { return false; });
  EXPECT_EQ(sequence.ids()[8], -1);
  return {sequence.ids().begin(), sequence.ids().end()};
}

TEST(EngineImages, TokensDoNotDependOnChunksOrDrafts) {
  const auto model = model_of(seeing(), Dtype::f32);
  const std::vector<int32_t> want = tokens_behind_an_image(*model, {}, 9);
  for (const size_t chunk : {1, 4, 11})
    EXPECT_EQ(tokens_behind_an_image(*model, {.chunk = chunk}, 9), want) << chunk;
  EXPECT_EQ(tokens_behind_an_image(*model, {.drafts = 2}, 9), want);
  EXPECT_NE(tokens_behind_an_image(*model, {}, 250), want) << "the image is seen";
}

TEST(EngineImages, TruncatingAndRunningAgainGivesTheSameToken) {
  const auto model = model_of(seeing(), Dtype::f32);
  Engine engine(*model, {});
  SamplingSettings settings;
  settings.temperature = 0;
  Sequence sequence = engine.begin(settings);
  engine.extend_image(sequence, std::vector<uint8_t>(6 * 6 * 3, 50));
  engine.extend(sequence, some_ids(3, 1));
  const int32_t first = engine.next(sequence).id;
  engine.truncate(sequence, 12);
  EXPECT_EQ(engine.next(sequence).id, first);
  engine.truncate(sequence, 4);  // within the image: a text may follow what is left of it
  engine.extend(sequence, some_ids(3, 1));
  EXPECT_NO_THROW(engine.next(sequence));
}

TEST(EngineImages, WhatCannotBeIsRefused) {
  const auto blind = model_of(testing::tiny_dense(), Dtype::f32), model = model_of(seeing(), Dtype::f32);
  const std::vector<uint8_t> pixels(6 * 6 * 3, 1);
  Engine none(*blind, {}), engine(*model, {}), narrow(*model, {.context = 9});
  Sequence a = none.begin({}), b = engine.begin({}), c = narrow.begin({});
  EXPECT_THROW(none.extend_image(a, pixels), Error);
  EXPECT_THROW(narrow.extend_image(c, pixels), Error);
  engine.extend(b, some_ids(2, 1));
  EXPECT_THROW(engine.extend_image(b, pixels), Error);
}

}  // namespace
}  // namespace bantam
