// Speed of the tokenizer, for the hidden subcommand `bantam tokenizer bench` and for `bantam bench`.
#pragma once
#include <cstdint>
#include <string_view>

#include "text/tokenizer.h"
#include "text/trainer.h"

namespace CLI {
class App;
}

namespace bantam::cli {

struct TokenizerSpeed {
  double seconds = 0;      // of the median run
  double cpu_seconds = 0;  // of the whole process in a run, median: what a busy machine does not blur
  uint64_t bytes = 0, tokens = 0;
  double megabytes_per_second() const { return static_cast<double>(bytes) / seconds / 1e6; }
};

// Each run takes the whole text on the calling thread; the word cache starts empty in the first only.
TokenizerSpeed measure_encode(const Tokenizer& tokenizer, std::string_view text, int runs);
TokenizerSpeed measure_decode(const Tokenizer& tokenizer, std::string_view text, int runs);
// From text in memory to a tokenizer, on the threads of base/threads.
TokenizerSpeed measure_train(const BpeTrainerOptions& options, std::string_view text, int runs);

void add_tokenizer_bench(CLI::App& tokenizer_command);

}  // namespace bantam::cli
