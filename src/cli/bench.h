// The benchmarks under `bantam bench`; bench/README.md says what each is compared with. Figures go to stdout,
// one line each, or one JSON object each with --json.
#pragma once
#include <string>
#include <vector>

#include "base/json.h"

namespace CLI {
class App;
}

namespace bantam::cli {

void add_bench_machine(CLI::App& bench);
void add_bench_train(CLI::App& bench);
void add_bench_decode(CLI::App& bench);
void add_bench_mixer(CLI::App& bench);
void add_bench_tokenizer(CLI::App& bench);

// The config of a preset with `set` ("ffn_kind=ternary_swiglu") laid over; NAME-trunk is NAME with one head, as peers train
// it.
Json bench_model(const std::string& preset, const std::vector<std::string>& set);
// --preset and --set.
void add_model_options(CLI::App& command, std::string& preset, std::vector<std::string>& set);

}  // namespace bantam::cli
