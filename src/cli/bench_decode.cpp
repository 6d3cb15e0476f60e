// bantam bench decode: tokens a second of one sequence, held against the bandwidth measured beside it, because one
// decoded token reads every weight once. With --neighbour another process keeps a core busy meanwhile, and one thread
// alone is measured under the same neighbour.
#include <fmt/core.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/median.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/bench.h"
#include "infer/engine.h"
#include "model/parameter_count.h"
#include "ops/machine.h"
#include "ops/ternary_linear.h"
#include "simd/isa.h"

namespace bantam::cli {
namespace {

struct DecodeOptions {
  std::string preset = "qovaryx-50m-trunk", dtype = "bf16";
  std::vector<std::string> set;
  size_t tokens = 128, rounds = 5, prompt = 16;
  int threads = 0;
  bool neighbour = false, json = false;
};

// A process that computes without end on the first processor this one may use.
class Neighbour {
 public:
  Neighbour() : child_(::fork()) {
    require(child_ >= 0, ErrorCode::io, "bench: no process could be started beside this one");
    if (child_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    cpu_set_t allowed, first;
    CPU_ZERO(&first);
    ::sched_getaffinity(0, sizeof allowed, &allowed);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &allowed)) {
        CPU_SET(cpu, &first);
        break;
      }
    ::sched_setaffinity(0, sizeof first, &first);
    for (volatile bool on = true; on;) {
    }
  }
  ~Neighbour() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;

 private:
  pid_t child_;
};

// Bytes of weights that one token reads: every weight of inference, the embedding as the output's projection; where
// that has a matrix of its own, a token reads one row of the embedding, which is nothing.
double bytes_read(const Decoder& model) {
  const ParameterCount count = count_parameters(model);
  const bool tied = model.config().embed.tied;
  const double each = static_cast<double>(bytes_of(model.compute()));
  double bytes = static_cast<double>(count.inference - (tied ? 0 : count.parts.at("embed_tokens"))) * each;
  for (const auto& weight : model.weights())
    if (weight->ternary)
      bytes += static_cast<double>(packed_bytes(*weight)) - static_cast<double>(weight->count()) * each;
  return bytes;
}

double tokens_a_second(Engine& engine, const DecodeOptions& options) {
  SamplingSettings greedy;
  greedy.temperature = 0;
  Sequence sequence = engine.begin(greedy);
  engine.extend(sequence, std::vector<int32_t>(options.prompt, 1));
  engine.next(sequence);
  const auto start = Clock::now();
  for (size_t i = 0; i < options.tokens; ++i) engine.next(sequence);
  return static_cast<double>(options.tokens) / seconds_since(start);
}

// Medians of rounds that take each number of threads in turn.
std::vector<double> in_turns(Engine& engine, const DecodeOptions& options, const std::vector<int>& threads) {
  std::vector<std::vector<double>> rates(threads.size());
  for (size_t round = 0; round < options.rounds; ++round)
    for (size_t i = 0; i < threads.size(); ++i) {
      set_thread_count(threads[i]);
      rates[i].push_back(tokens_a_second(engine, options));
    }
  std::vector<double> medians;
  for (const auto& of_count : rates) medians.push_back(median(of_count));
  return medians;
}

void run(const DecodeOptions& options) {
  const int threads = options.threads > 0 ? options.threads : thread_count();
  set_thread_count(threads);
  Decoder model(parse_model(bench_model(options.preset, options.set), "--preset"), Device::cpu,
                options.dtype == "bf16" ? Dtype::bf16 : Dtype::f32);
  model.initialise(17);
  Engine engine(model, {});
  require(options.prompt + options.tokens + 1 <= engine.context(), ErrorCode::usage,
          "bench decode: {} tokens after a prompt of {} do not fit the context of {}", options.tokens,
          options.prompt, engine.context());
  tokens_a_second(engine, options);  // memory comes from the system
  std::vector<double> rates, bandwidths;
  for (size_t round = 0; round < options.rounds; ++round) {
    bandwidths.push_back(measured_read_gigabytes());
    rates.push_back(tokens_a_second(engine, options));
  }
  const double alone = median(rates), gigabytes = median(bandwidths), bytes = bytes_read(model);
  const double share = alone * bytes / 1e9 / gigabytes;
  Json line = {
      {"what", "decode"},           {"model", options.preset}, {"set", options.set},
      {"dtype", options.dtype},     {"isa", name_of(isa())},   {"threads", threads},
      {"tokens_per_second", alone}, {"weight_bytes", bytes},   {"read_gigabytes_per_second", gigabytes},
      {"share_of_bandwidth", share}};
  if (options.neighbour) {
    const Neighbour neighbour;
    const std::vector<double> beside = in_turns(engine, options, {1, threads});
    line["beside_a_neighbour"] = {{"one_thread", beside[0]}, {"all_threads", beside[1]}};
  }
  if (options.json) {
    fmt::print("{}\n", line.dump());
    return;
  }
  fmt::print(
      "{} in {}, {} threads: {:.0f} tok/s, {:.1f} GB/s of weights, {:.0f} % of the {:.1f} GB/s that reading "
      "reaches\n",
      options.preset, options.dtype, threads, alone, alone * bytes / 1e9, 100 * share, gigabytes);
  if (!options.neighbour) return;
  const double one = line["beside_a_neighbour"]["one_thread"],
               all = line["beside_a_neighbour"]["all_threads"];
  fmt::print("one core kept busy by another process: {:.0f} tok/s, {:.2f} × one thread alone ({:.0f})\n", all,
             all / one, one);
}

}  // namespace

void add_bench_decode(CLI::App& bench) {
  static DecodeOptions options;
  CLI::App* command =
      bench.add_subcommand("decode", "One sequence, token by token: tokens a second, bandwidth");
  add_model_options(*command, options.preset, options.set);
  command->add_option("--dtype", options.dtype, "bf16 or f32")
      ->check(CLI::IsMember({"bf16", "f32"}))
      ->capture_default_str();
  command->add_option("--tokens", options.tokens, "Tokens of a round")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--rounds", options.rounds, "Rounds; the median counts")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--threads", options.threads, "Threads; default: the processors")
      ->check(CLI::PositiveNumber);
  command->add_flag("--neighbour", options.neighbour,
                    "Measure again while another process keeps a core busy");
  command->add_flag("--json", options.json, "Print one JSON object");
  command->callback([] { run(options); });
}

}  // namespace bantam::cli
