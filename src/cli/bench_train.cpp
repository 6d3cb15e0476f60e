// bantam bench train: whole training steps on random tokens. What is timed is what `train` runs a step:
// forward, backward, norm of the gradient, clipping, the optimizer.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/median.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/threads.h"
#include "cli/bench.h"
#include "model/decoder.h"
#include "model/objective.h"
#include "simd/isa.h"
#include "tensor/tape.h"
#include "train/optimizer.h"

namespace bantam::cli {
namespace {

struct Options {
  std::string preset = "qovaryx-50m-trunk", dtype = "bf16", optimizer = "adamw";
  std::vector<std::string> set;
  size_t batch = 4, length = 512, steps = 12;
  int threads = 0;
  bool checkpointing = false, json = false;
};

// Most memory this process ever held, in bytes.
uint64_t peak_bytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  uint64_t kilobytes = 0;
  while (status >> word)
    if (word == "VmHWM:") status >> kilobytes;
  return kilobytes * 1024;
}

struct Batch {
  std::vector<int32_t> ids, targets;
  Segments segments;
};

Batch random_batch(const Options& options, int64_t vocab) {
  Batch batch;
  const size_t count = options.batch * options.length;
  const RandomStream random(17, "benchmark");
  for (size_t i = 0; i < count; ++i) {
    batch.ids.push_back(static_cast<int32_t>(random.below(2 * i, static_cast<uint64_t>(vocab))));
    batch.targets.push_back(static_cast<int32_t>(random.below(2 * i + 1, static_cast<uint64_t>(vocab))));
  }
  for (size_t row = 0; row < options.batch; ++row)
    batch.segments.push_back({row * options.length, options.length});
  return batch;
}

double train_step(const Decoder& model, AdamW& optimizer, const Batch& batch, bool checkpointing) {
  const TargetCounts counts =
      count_targets(batch.targets, batch.ids, batch.segments, model.config().furthest_target());
  Tape tape;
  Pass pass(batch.ids, batch.segments, model.device(), model.compute());
  pass.replay_layers = checkpointing;
  const Losses losses = compute_losses(model, pass, batch.targets, counts, {});
  tape.backward(losses.roots);
  optimizer.update(3e-4, clip_scale(optimizer.gradient_norm(), 1.0));
  return losses.total();
}

AdamWOptions options_named(const std::string& optimizer) {
  const std::vector<std::string> kinds = names(static_cast<const OptimizerKind*>(nullptr));
  TrainRecipe recipe;
  recipe.optimizer =
      static_cast<OptimizerKind>(std::find(kinds.begin(), kinds.end(), optimizer) - kinds.begin());
  return optimizer_options(recipe);
}

void run(const Options& options) {
  if (options.threads > 0) set_thread_count(options.threads);
  const uint64_t start_bytes = peak_bytes();
  Decoder model(parse_model(bench_model(options.preset, options.set), "--preset"), Device::cpu,
                options.dtype == "bf16" ? Dtype::bf16 : Dtype::f32);
  model.initialise(17);
  model.allocate_gradients();
  std::vector<Weight*> weights;
  for (const auto& weight : model.weights()) weights.push_back(weight.get());
  AdamW optimizer(weights, options_named(options.optimizer));
  const Batch batch = random_batch(options, model.config().vocab);

  // The first step asks the system for memory and is not counted.
  double loss = train_step(model, optimizer, batch, options.checkpointing);
  const uint64_t system_calls = arena_use(Device::cpu).system_calls;
  std::vector<double> seconds;
  for (size_t i = 0; i < options.steps; ++i) {
    const auto start = Clock::now();
    loss = train_step(model, optimizer, batch, options.checkpointing);
    seconds.push_back(seconds_since(start));
  }
  const double tokens = static_cast<double>(options.batch * options.length);
  const auto& config = model.config();
  // Two for each multiply-add, twice as many backward; attention sees half of the keys.
  const double flops_per_token =
      6.0 * static_cast<double>(model.parameters()) +
      6.0 * static_cast<double>(config.layers.size() * static_cast<size_t>(config.width) * options.length);
  const double rate = tokens / median(seconds),
               best = tokens / *std::min_element(seconds.begin(), seconds.end());
  const Json line = {{"what", "train"},
                     {"model", options.preset},
                     {"set", options.set},
                     {"parameters", model.parameters()},
                     {"dtype", options.dtype},
                     {"optimizer", options.optimizer},
                     {"isa", name_of(isa())},
                     {"native_bf16", bf16_products()},
                     {"threads", thread_count()},
                     {"batch", options.batch},
                     {"length", options.length},
                     {"tokens_per_second", rate},
                     {"best_tokens_per_second", best},
                     {"gflops", rate * flops_per_token / 1e9},
                     {"memory_bytes", peak_bytes() - start_bytes},
                     {"arena_bytes", arena_use(Device::cpu).reserved_bytes},
                     {"system_calls_after_first_step", arena_use(Device::cpu).system_calls - system_calls},
                     {"loss", loss},
                     {"seconds", seconds}};
  if (options.json) {
    fmt::print("{}\n", line.dump());
    return;
  }
  fmt::print(
      "{} ({:.1f}M), {} × {}, {}, {}, {} threads: {:.0f} tok/s (best {:.0f}), {:.0f} GFLOP/s, {} at the "
      "peak\n",
      options.preset, static_cast<double>(model.parameters()) / 1e6, options.batch, options.length,
      options.dtype, options.optimizer, thread_count(), rate, best, rate * flops_per_token / 1e9,
      bytes_text(static_cast<double>(peak_bytes() - start_bytes)));
}

}  // namespace

void add_bench_train(CLI::App& bench) {
  static Options options;
  CLI::App* command =
      bench.add_subcommand("train", "Training steps on random tokens: tokens a second, memory");
  add_model_options(*command, options.preset, options.set);
  command->add_option("--batch", options.batch, "Rows of a step")
      ->check(CLI::Range(1, 1 << 16))
      ->capture_default_str();
  command->add_option("--length", options.length, "Tokens of a row")
      ->check(CLI::Range(2, 1 << 20))
      ->capture_default_str();
  command->add_option("--dtype", options.dtype, "bf16 or f32")
      ->check(CLI::IsMember({"bf16", "f32"}))
      ->capture_default_str();
  command->add_option("--optimizer", options.optimizer, "adamw, adamw_8bit or muon")
      ->check(CLI::IsMember(names(static_cast<const OptimizerKind*>(nullptr))))
      ->capture_default_str();
  command->add_option("--steps", options.steps, "Steps that are timed; the median counts")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--threads", options.threads, "Threads; default: the processors")
      ->check(CLI::PositiveNumber);
  command->add_flag("--checkpointing", options.checkpointing, "Compute activations again on the way back");
  command->add_flag("--json", options.json, "Print one JSON object");
  command->callback([] { run(options); });
}

}  // namespace bantam::cli
