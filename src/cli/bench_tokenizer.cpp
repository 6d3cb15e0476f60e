// bantam bench tokenizer: encoding and decoding on one thread, encoding in parts and learning merges on several.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/median.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/bench.h"
#include "text/split.h"
#include "text/tokenizer.h"
#include "text/trainer.h"

namespace bantam::cli {
namespace {

struct TokenizerSpeed {
  double seconds = 0;      // of the median run
  double cpu_seconds = 0;  // of the whole process in a run, median: what a busy machine does not blur
  uint64_t bytes = 0, tokens = 0;
  double megabytes_per_second() const { return static_cast<double>(bytes) / seconds / 1e6; }
};

void measure(TokenizerSpeed& speed, int runs, FunctionRef<void()> run) {
  std::vector<double> wall, cpu;
  for (int i = 0; i < runs; ++i) {
    const std::clock_t cpu_start = std::clock();
    const Clock::time_point start = Clock::now();
    run();
    wall.push_back(seconds_since(start));
    cpu.push_back(static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC);
  }
  speed.seconds = median(std::move(wall));
  speed.cpu_seconds = median(std::move(cpu));
}

void print(const char* what, const TokenizerSpeed& speed) {
  const Json line = {{"what", what},
                     {"seconds", speed.seconds},
                     {"cpu_seconds", speed.cpu_seconds},
                     {"bytes", speed.bytes},
                     {"tokens", speed.tokens},
                     {"megabytes_per_second", speed.megabytes_per_second()}};
  fmt::print("{}\n", line.dump());
}

TokenizerSpeed measure_encode(const Tokenizer& tokenizer, std::string_view text, int runs) {
  TokenizerSpeed speed{0, 0, text.size(), 0};
  measure(speed, runs, [&] { speed.tokens = tokenizer.encode(text).size(); });
  return speed;
}

// In parts of a megabyte, cut where no token reaches across; the ids are those of the whole.
TokenizerSpeed measure_encode_in_parts(const Tokenizer& tokenizer, std::string_view text, int runs) {
  constexpr size_t kPart = size_t{1} << 20;
  std::vector<std::string_view> parts;
  for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(parts.back().size()))
    parts.push_back(rest.substr(0, rest.size() > kPart ? safe_cut(rest, kPart) : rest.size()));
  TokenizerSpeed speed{0, 0, text.size(), 0};
  std::vector<std::vector<TokenId>> ids(parts.size());
  measure(speed, runs, [&] {
    parallel_for(parts.size(), [&](size_t part) { ids[part] = tokenizer.encode(parts[part]); });
  });
  for (const std::vector<TokenId>& part : ids) speed.tokens += part.size();
  return speed;
}

TokenizerSpeed measure_decode(const Tokenizer& tokenizer, std::string_view text, int runs) {
  const std::vector<TokenId> ids = tokenizer.encode(text);
  TokenizerSpeed speed{0, 0, text.size(), ids.size()};
  measure(speed, runs, [&] { tokenizer.decode(ids); });
  return speed;
}

TokenizerSpeed measure_train(const BpeTrainerOptions& options, std::string_view text, int runs) {
  TokenizerSpeed speed{0, 0, text.size(), 0};
  measure(speed, runs, [&] {
    BpeTrainer trainer(options);
    trainer.add(text);
    speed.tokens = trainer.train().vocab_size();
  });
  return speed;
}

}  // namespace

void add_bench_tokenizer(CLI::App& bench) {
  static struct {
    std::string tokenizer, file;
    size_t train_vocab_size = 0;
    int runs = 5, threads = 0;
  } options;
  CLI::App* command =
      bench.add_subcommand("tokenizer", "Encoding and decoding a text, or learning merges from it");
  command->add_option("tokenizer", options.tokenizer, "A tokenizer's file or folder")->required();
  command->add_option("file", options.file, "A text")->required();
  command->add_option("--train-vocab-size", options.train_vocab_size,
                      "Time training with the GPT-2 split instead");
  command->add_option("--runs", options.runs, "The median of so many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--threads", options.threads, "For training, and for encoding in parts")
      ->check(CLI::PositiveNumber);
  command->callback([] {
    if (options.threads > 0) set_thread_count(options.threads);
    const std::string text = read_file(options.file);
    if (options.train_vocab_size > 0) {
      BpeTrainerOptions trainer;
      trainer.vocab_size = options.train_vocab_size;
      print("train", measure_train(trainer, text, options.runs));
      return;
    }
    const Tokenizer tokenizer = Tokenizer::load(options.tokenizer);
    print("encode", measure_encode(tokenizer, text, options.runs));
    if (options.threads > 1) print("encode in parts", measure_encode_in_parts(tokenizer, text, options.runs));
    print("decode", measure_decode(tokenizer, text, options.runs));
  });
}

}  // namespace bantam::cli
