// The benchmarks under `bantam bench`; bench/README.md says what each is compared with. Figures go to stdout,
// one line each, or one JSON object each with --json.
#pragma once

namespace CLI {
class App;
}

namespace bantam::cli {

void add_bench_machine(CLI::App& bench);
void add_bench_train(CLI::App& bench);

}  // namespace bantam::cli
