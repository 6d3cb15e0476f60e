// bantam bench: how fast the project is on this machine.
#include "cli/bench.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/describe.h"
#include "base/json.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "ops/machine.h"
#include "simd/isa.h"

namespace bantam::cli {

Json bench_model(const std::string& preset, const std::vector<std::string>& set) {
  constexpr std::string_view kTrunk = "-trunk";
  Json model = {{"preset", preset}};
  if (preset.ends_with(kTrunk))
    model = {
        {"preset", preset.substr(0, preset.size() - kTrunk.size())}, {"mtp_k", 1}, {"decision_head", false}};
  for (const std::string& assignment : set) set_value(model, assignment, "--set");
  return model;
}

void add_model_options(CLI::App& command, std::string& preset, std::vector<std::string>& set) {
  command.add_option("--preset", preset, "A preset; NAME-trunk is NAME with one head")
      ->type_name("PRESET")
      ->capture_default_str();
  command.add_option("--set", set, "A key of the preset and its value, as ffn_kind=ternary_swiglu")
      ->take_all()
      ->allow_extra_args(false);
}

void add_bench_machine(CLI::App& bench) {
  static struct {
    bool json = false;
    int threads = 0;
  } options;
  CLI::App* command =
      bench.add_subcommand("machine", "What the machine gives: rates of products, bandwidth of memory");
  command->add_flag("--json", options.json, "Print one JSON object");
  command->add_option("--threads", options.threads, "Threads; default: the processors")
      ->check(CLI::PositiveNumber);
  command->callback([] {
    if (options.threads > 0) set_thread_count(options.threads);
    const double bf16 = measured_gemm_gflops(Dtype::bf16, 1), f32 = measured_gemm_gflops(Dtype::f32, 1);
    const double gigabytes = measured_read_gigabytes();
    if (options.json) {
      const Json line = {{"what", "machine"},         {"isa", name_of(isa())},
                         {"threads", thread_count()}, {"gemm_gflops_bf16", bf16},
                         {"gemm_gflops_f32", f32},    {"read_gigabytes_per_second", gigabytes}};
      fmt::print("{}\n", line.dump());
      return;
    }
    fmt::print("instruction set   {}{}\nthreads           {}\n", name_of(isa()),
               bf16_products() ? ", bf16 multiplied natively" : "", thread_count());
    fmt::print("products in bf16  {:.0f} GFLOP/s\nproducts in f32   {:.0f} GFLOP/s\n", bf16, f32);
    fmt::print("reading memory    {:.1f} GB/s\n", gigabytes);
  });
}

void add_bench(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "The project's benchmarks");
  bench->require_subcommand(1);
  add_bench_machine(*bench);
  add_bench_train(*bench);
  add_bench_decode(*bench);
  add_bench_mixer(*bench);
  add_bench_tokenizer(*bench);
}

}  // namespace bantam::cli
