// From a text to a model: a tokenizer, a pack of tokens, a decoder, AdamW, and a folder that `generate` opens.
// The same command again goes on where it was stopped.
//
//   train TEXT FOLDER [STEPS]
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "data/batches.h"
#include "data/pack.h"
#include "formats/hugging_face.h"
#include "model/folder.h"
#include "text/trainer.h"
#include "train/decoder_learner.h"
#include "train/loop.h"

using namespace bantam;
namespace fs = std::filesystem;

// Any composition that docs/config.md names, or a preset: {"preset": "nano"}.
constexpr const char* kModel = R"({
  "width": 64, "context": 256,
  "layers": [{"mixer": {"kind": "attention", "heads": 4, "kv_heads": 2},
              "feed": {"kind": "swiglu", "width": 160}, "repeat": 2}]})";

static void run(const fs::path& text, const fs::path& folder, uint64_t steps) {
  BpeTrainer trainer({.vocab_size = 512, .special = {"<|endoftext|>"}});
  trainer.add(read_file(text));
  trainer.end_text();
  const Tokenizer tokenizer = trainer.train();

  // Tokens lie in columns on disk; training maps them and takes its rows from there.
  fs::create_directories(folder);
  write_pack({.sources = {{.path = text}}, .out = folder / "pack", .format = row_format(tokenizer)});
  const Pack pack(folder / "pack");

  TrainRecipe recipe;
  recipe.max_seq_len = 64;
  recipe.tokens_per_batch = 8 * recipe.max_seq_len;
  recipe.target_tokens = steps * recipe.tokens_per_batch;
  recipe.warmup_steps = 10;
  recipe.lr = 3e-3;
  recipe.mixed_precision = Precision::f32;

  ModelConfig config = parse_model(parse_json(kModel, "train.cpp"), "train.cpp");
  config.vocab = static_cast<int64_t>(tokenizer.vocab_size());
  Decoder model(config, Device::cpu, Dtype::f32);
  model.initialise(recipe.seed);

  // A step's rows are a function of its number: that is why a run can go on to the same bits.
  const Batches batches({&pack}, {.seed = recipe.seed,
                                  .tokens_per_step = recipe.tokens_per_batch,
                                  .lengths = {{recipe.max_seq_len, UINT64_MAX}}});
  DecoderLearner learner(model, recipe, [&](uint64_t step) { return batches.load(step); });
  const TrainingResult result = train(learner, {.run = folder, .recipe = recipe});

  AtomicFolder out(folder / "model");  // appears as a whole, or not at all
  write_model(out.staging(), model, StoredDtype::f32, {"random", recipe.seed, ""}, tokenizer.sha256());
  write_text_files(out.staging(), tokenizer, static_cast<uint64_t>(config.context));
  out.commit();
  std::printf("%zu parameters, %zu steps, loss %.3f: %s\n", static_cast<size_t>(model.parameters()),
              static_cast<size_t>(result.step), result.smoothed_loss, (folder / "model").c_str());
}

int main(int count, char** words) try {
  require(count == 3 || count == 4, ErrorCode::usage, "usage: train TEXT FOLDER [STEPS]");
  run(words[1], words[2], count > 3 ? std::stoul(words[3]) : 200);
} catch (const std::exception& error) {
  std::fprintf(stderr, "train: %s\n", error.what());
  return 1;
}
