// bantam plan: what a run needs before it starts: memory by kind, time, disk, and what to change where it
// does not fit.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/file.h"
#include "base/format_version.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/plan.h"
#include "cli/quickstart_recipe.h"
#include "cli/size_option.h"
#include "cli/training.h"
#include "data/batches.h"
#include "model/parameter_count.h"
#include "model/quantization_traps.h"
#include "report/run_record.h"
#include "simd/isa.h"
#include "tensor/arena.h"
#include "train/checkpoint.h"
#include "train/decoder_learner.h"
#include "train/loop.h"
#include "train/rehearsal.h"
#include "train/relief.h"
#include "train/schedule.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

constexpr double kGemmShare = 0.7;           // of the GEMM rate that steps reach, where none is timed
constexpr double kLongRehearsal = 20;        // seconds of a micro-batch; a longer one is not timed
constexpr double kDiskBytesPerSecond = 3e8;  // a guess: what checkpoints are hashed and written at
constexpr double kRunSpace = 50e6;           // log, samples, report
constexpr int kDoesNotFit = 3;               // exit code, for `bantam plan RUN && bantam train RUN`
constexpr double kTimingShare = 0.005;       // of a run's steps, for timing them before it begins

// How a plan knows what a step takes.
struct Timing {
  bool may_try = true;           // steps of the model itself
  double seconds = 5;            // for trying them
  double share = 1;              // and at most this part of what the run's steps are expected to take
  double tokens_per_second = 0;  // known from steps of this model; 0: not
};

struct PlanFlags {
  std::string run;
  std::vector<std::string> sets;
  uint64_t memory = 0;
  int threads = 0;
  bool json = false, no_timing = false;
};

struct Plan {
  ModelConfig model;
  TrainRecipe recipe;
  Machine machine;
  Dtype compute = Dtype::f32;
  ParameterCount parameters;
  std::map<uint64_t, StepCost> costs;  // by row length
  std::map<uint64_t, uint64_t> steps;  // at each row length
  double step_seconds_total = 0, evaluation_seconds = 0, checkpoint_seconds = 0;
  bool timed = false, own_rows = false;  // on steps of the model; on rows of the run's pack
  double program_bytes = 0, memory_bytes = 0;
  double checkpoint_bytes = 0, disk_bytes = 0, free_disk = 0;
  std::vector<Relief> reliefs;  // where the memory does not suffice
  std::vector<std::string> notices, advice, traps;

  const StepCost& largest() const {
    const StepCost* most = &costs.begin()->second;
    for (const auto& [length, cost] : costs)
      if (cost.memory_bytes() > most->memory_bytes()) most = &cost;
    return *most;
  }
  double available() const { return static_cast<double>(machine.memory_bytes); }
  double flops() const {
    double all = 0;
    for (const auto& [length, count] : steps) all += costs.at(length).flops * static_cast<double>(count);
    return all;
  }
  double seconds() const { return step_seconds_total + evaluation_seconds + checkpoint_seconds; }
};

// With the one that is being written.
int64_t kept_checkpoints(const TrainRecipe& recipe) { return recipe.keep_checkpoints + recipe.keep_best + 1; }

uint64_t pauses(uint64_t steps, uint64_t every) { return every == 0 ? 1 : (steps + every - 1) / every; }

// What the program holds beside its tensors. Steps that were tried leave the threads and kernels that a run has, too.
void add_program(Plan& plan) {
  release_free_memory(Device::cpu);
  plan.program_bytes = static_cast<double>(resident_bytes());
  plan.memory_bytes = plan.largest().memory_bytes() + plan.program_bytes;
}

void add_costs(Plan& plan, const Schedule& schedule) {
  for (const Schedule::Phase& phase : schedule.phases()) plan.steps[phase.length] += phase.end - phase.begin;
  for (const auto& [length, count] : plan.steps)
    plan.costs[length] = measure_step(plan.model, plan.compute, plan.recipe, length);
  add_program(plan);
}

// Tries steps of rows of `length`: the run's own where it has its pack.
double tried_step_seconds(const Plan& plan, const Pack* pack, uint64_t length, double seconds) {
  std::optional<Batches> batches;
  if (pack != nullptr) batches.emplace(batches_of(*pack, plan.recipe));
  const auto batch_of_step = [&](uint64_t step) {
    return batches ? batches->load(step) : random_step(plan.recipe, length, plan.model.vocab);
  };
  const std::vector<Schedule::Phase> phases = Schedule(plan.recipe).phases();
  const auto phase = std::find_if(phases.begin(), phases.end(),
                                  [&](const Schedule::Phase& p) { return p.length == length; });
  return rehearse_step(plan.model, plan.compute, plan.recipe, batch_of_step, phase->begin, seconds)
      .seconds(plan.recipe);
}

void add_times(Plan& plan, const Timing& timing, const Pack* pack) {
  const double gemm = 1e9 * plan.machine.gemm_gflops;
  double rate = kGemmShare * gemm;  // FLOPs a second
  // The length that most steps have is timed where that takes little.
  const auto usual = std::max_element(plan.steps.begin(), plan.steps.end(),
                                      [](const auto& a, const auto& b) { return a.second < b.second; });
  const StepCost& cost = plan.costs.at(usual->first);
  const double micro_batch = cost.flops / static_cast<double>(plan.recipe.grad_accum_steps) / rate;
  if (timing.tokens_per_second > 0) {
    const Schedule schedule(plan.recipe);
    rate = cost.flops / static_cast<double>(schedule.tokens_per_step()) * timing.tokens_per_second;
    plan.timed = true;
  } else if (timing.may_try && micro_batch < kLongRehearsal && plan.memory_bytes < 0.9 * plan.available()) {
    const double seconds = std::min(timing.seconds, timing.share * plan.flops() / rate);
    rate = cost.flops / tried_step_seconds(plan, pack, usual->first, seconds);
    plan.own_rows = pack != nullptr;
    plan.timed = true;
    add_program(plan);
  }
  plan.step_seconds_total = plan.flops() / rate;
  for (const auto& [length, count] : plan.steps)
    if (!plan.timed)
      plan.step_seconds_total += plan.costs.at(length).update_flops * static_cast<double>(count) / rate;
  const Schedule schedule(plan.recipe);
  const double tokens = static_cast<double>(schedule.steps() * schedule.tokens_per_step());
  const double evaluations = static_cast<double>(pauses(schedule.steps(), plan.recipe.eval_every)) + 1;
  plan.evaluation_seconds =
      evaluations * static_cast<double>(plan.recipe.eval_tokens) * (plan.flops() / tokens / 3) / rate;
  plan.checkpoint_seconds = (static_cast<double>(pauses(schedule.steps(), plan.recipe.save_every)) + 1) *
                            plan.checkpoint_bytes / kDiskBytesPerSecond;
}

void add_disk(Plan& plan, const fs::path& run) {
  const double parameters = static_cast<double>(plan.parameters.all);
  const Decoder model(plan.model, Device::meta, Dtype::f32);
  std::vector<Weight*> weights;
  for (const auto& weight : model.weights()) weights.push_back(weight.get());
  plan.checkpoint_bytes = static_cast<double>(checkpoint_bytes(weights, plan.recipe));
  plan.disk_bytes =
      plan.checkpoint_bytes * static_cast<double>(kept_checkpoints(plan.recipe)) + 4 * parameters + kRunSpace;
  plan.free_disk = static_cast<double>(free_bytes(run));
}

// What weights, gradients and moments take at the least, here and by ways that this program does not go: masters, their
// bf16 copies and gradients in f32 are what makes runs exact.
std::string smallest_states(const Plan& plan) {
  const StepCost& most = plan.largest();
  const double parameters = static_cast<double>(plan.parameters.all);
  return fmt::format(
      "weights, gradients and moments alone take {}. In bf16 throughout, with moments of 8 bits, they "
      "would be {}, and {} if each layer's gradients went into the moments at once; both before "
      "activations, and neither is what this program does. Choose a smaller model, or more memory",
      bytes_text(most.parameters_bytes + most.gradient_bytes + most.optimizer_bytes),
      bytes_text((2 + 2 + 2) * parameters), bytes_text((2 + 2) * parameters));
}

void add_advice(Plan& plan) {
  if (plan.memory_bytes > plan.available()) {
    plan.reliefs = reliefs(plan.model, plan.compute, plan.recipe, plan.available() - plan.program_bytes);
    for (const Relief& relief : plan.reliefs) {
      const double bytes = relief.bytes + plan.program_bytes;
      plan.advice.push_back(fmt::format("with {} the memory is {}{}{}", relief.settings, bytes_text(bytes),
                                        bytes <= plan.available() ? ", which fits" : "",
                                        relief.price.empty() ? "" : " (" + relief.price + ")"));
    }
    const auto fits = [&](const Relief& r) { return r.bytes + plan.program_bytes <= plan.available(); };
    if (std::none_of(plan.reliefs.begin(), plan.reliefs.end(), fits))
      plan.advice.push_back(smallest_states(plan));
  }
  if (plan.disk_bytes > plan.free_disk)
    plan.advice.push_back(fmt::format("free {} of disk", bytes_text(plan.disk_bytes - plan.free_disk)));
}

// pack: the run's, null where it has not been made. memory: bytes that the run may take; 0: what this machine has.
Plan make_plan(const RunPlan& run, const fs::path& path, const Pack* pack, const Timing& timing,
               uint64_t memory = 0) {
  Plan plan;
  plan.model = run.model;
  plan.recipe = run.resolved.recipe.train;
  plan.machine = look_at_machine();
  if (memory > 0) plan.machine.memory_bytes = memory;
  plan.compute = compute_dtype(plan.recipe);
  plan.parameters = count_parameters(Decoder(plan.model, Device::meta, Dtype::f32));
  const Schedule schedule(plan.recipe);
  plan.notices = schedule.notices();
  add_costs(plan, schedule);
  add_disk(plan, path);
  add_times(plan, timing, pack);
  add_advice(plan);
  plan.traps = quantization_traps(plan.model);
  return plan;
}

Json reliefs_json(const Plan& plan) {
  Json list = Json::array();
  for (const Relief& relief : plan.reliefs)
    list.push_back(
        {{"settings", relief.settings},
         {"memory_bytes", relief.bytes + plan.program_bytes},
         {"tokens_per_batch", relief.recipe.tokens_per_batch},
         {"grad_accum_steps", relief.recipe.grad_accum_steps},
         {"gradient_checkpointing",
          relief.recipe.gradient_checkpointing == GradientCheckpointing::layers ? "layers" : "off"},
         {"optimizer", names(&relief.recipe.optimizer)[static_cast<size_t>(relief.recipe.optimizer)]}});
  return list;
}

Json to_json(const Plan& plan) {
  const StepCost& most = plan.largest();
  const Schedule schedule(plan.recipe);
  const double tokens = static_cast<double>(schedule.steps() * schedule.tokens_per_step());
  return {{kFormatVersion, kPlanVersion},
          {"model", plan.model.name},
          {"parameters", plan.parameters.all},
          {"parameters_inference", plan.parameters.inference},
          {"parts", plan.parameters.parts},
          {"compute", name_of(plan.compute)},
          {"threads", plan.machine.processors},
          {"gemm_gflops", plan.machine.gemm_gflops},
          {"steps", schedule.steps()},
          {"tokens_per_step", schedule.tokens_per_step()},
          {"flops_per_token", plan.flops() / tokens},
          {"memory_bytes",
           {{"weights", most.parameters_bytes},
            {"gradients", most.gradient_bytes},
            {"optimizer", most.optimizer_bytes},
            {"activations", most.activation_bytes},
            {"spare", most.spare_bytes},
            {"program", plan.program_bytes},
            {"all", plan.memory_bytes},
            {"available", plan.machine.memory_bytes}}},
          {"tokens_per_second", tokens / plan.step_seconds_total},
          {"rate_measured", plan.timed},
          {"rate_of_own_rows", plan.own_rows},
          {"seconds",
           {{"steps", plan.step_seconds_total},
            {"evaluations", plan.evaluation_seconds},
            {"checkpoints", plan.checkpoint_seconds},
            {"all", plan.seconds()}}},
          {"disk_bytes",
           {{"checkpoint", plan.checkpoint_bytes}, {"all", plan.disk_bytes}, {"available", plan.free_disk}}},
          {"fits", plan.advice.empty()},
          {"notices", plan.notices},
          {"advice", plan.advice},
          {"reliefs", reliefs_json(plan)},
          {"quantization_traps", plan.traps}};
}

const char* how_known(const Plan& plan) {
  if (!plan.timed) return "from the rate of products";
  return plan.own_rows ? "measured on the pack's rows" : "measured on random rows, learnt whole";
}

void print(const Plan& plan) {
  const StepCost& most = plan.largest();
  const Schedule schedule(plan.recipe);
  fmt::print("model   {}: {} parameters, {} of them at inference\n", plan.model.name,
             grouped(plan.parameters.all), grouped(plan.parameters.inference));
  for (const auto& [part, count] : plan.parameters.parts)
    fmt::print("        {:20} {:>15}  {:4.1f} %\n", part, grouped(count),
               100 * static_cast<double>(count) / static_cast<double>(plan.parameters.all));
  fmt::print("machine {} threads, {} instructions, {} products at {:.0f} GFLOP/s\n", plan.machine.processors,
             plan.machine.isa, name_of(plan.compute), plan.machine.gemm_gflops);
  const double tokens = static_cast<double>(schedule.steps() * schedule.tokens_per_step());
  fmt::print("steps   {} of {} tokens in {} micro-batches; {:.2f} GFLOP a token\n", grouped(schedule.steps()),
             grouped(schedule.tokens_per_step()), plan.recipe.grad_accum_steps, plan.flops() / tokens / 1e9);
  fmt::print(
      "memory  weights {}, gradients {}, optimizer {}, activations {}, spare blocks {}, program {}: {} of "
      "{}\n",
      bytes_text(most.parameters_bytes), bytes_text(most.gradient_bytes), bytes_text(most.optimizer_bytes),
      bytes_text(most.activation_bytes), bytes_text(most.spare_bytes), bytes_text(plan.program_bytes),
      bytes_text(plan.memory_bytes), bytes_text(plan.available()));
  const double rate = tokens / plan.step_seconds_total;
  fmt::print("time    {} at {} tok/s ({}), evaluations {}, checkpoints {}: {}\n",
             duration_text(plan.step_seconds_total),
             rate < 10 ? fmt::format("{:.1f}", rate) : grouped(static_cast<uint64_t>(rate)), how_known(plan),
             duration_text(plan.evaluation_seconds), duration_text(plan.checkpoint_seconds),
             duration_text(plan.seconds()));
  fmt::print("disk    {} checkpoints of {} and the model: {} of {}\n", kept_checkpoints(plan.recipe),
             bytes_text(plan.checkpoint_bytes), bytes_text(plan.disk_bytes), bytes_text(plan.free_disk));
  for (const std::string& notice : plan.notices) fmt::print("note    {}\n", notice);
  for (const std::string& trap : plan.traps) fmt::print("traps   {}\n", trap);
  if (plan.advice.empty()) fmt::print("The run fits this machine.\n");
  if (!plan.advice.empty()) fmt::print("The run does not fit this machine:\n");
  for (const std::string& advice : plan.advice) fmt::print("  - {}\n", advice);
}

}  // namespace

void write_plan(const RunFolder& run, double tokens_per_second) {
  const Timing timing{.share = kTimingShare, .tokens_per_second = tokens_per_second};
  write_json(run.at("plan.json"),
             to_json(make_plan({run.resolved, run.model}, run.path, run.pack.get(), timing)));
}

void add_plan(CLI::App& app) {
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* command =
      app.add_subcommand("plan", "What a run needs: memory, time, disk; exit code 3 where it does not fit");
  command->add_option("run", flags->run, "Run folder with run.yaml (see bantam init)")->required();
  command->add_option("--set", flags->sets, "Override a value of the recipe: train.lr=3e-4")
      ->allow_extra_args(false);
  add_size_option(*command, "--memory", flags->memory,
                  "Memory that the run may take, as 16G; default: what is free on this machine");
  command->add_option("--threads", flags->threads, "Threads; default: all processors this process may use")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--no-timing", flags->no_timing,
                    "Take the time from the rate of products; no step is tried");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->callback([flags] {
    if (flags->threads > 0) set_thread_count(flags->threads);
    const RunPlan run = read_run(flags->run, flags->sets);
    const std::unique_ptr<Pack> pack = made_pack(flags->run, run);
    const Plan plan = make_plan(run, flags->run, pack.get(), {.may_try = !flags->no_timing}, flags->memory);
    if (flags->json)
      fmt::print("{}", dump_json(to_json(plan)));
    else
      print(plan);
    if (!plan.advice.empty()) throw CLI::RuntimeError(kDoesNotFit);
  });
}

}  // namespace bantam::cli
