// bantam plan: what a run needs before it starts: memory by kind, time, disk, and what to change where it
// does not fit.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/quickstart_recipe.h"
#include "cli/run_folder.h"
#include "cli/training.h"
#include "model/parameter_count.h"
#include "simd/isa.h"
#include "train/checkpoint.h"
#include "train/decoder_learner.h"
#include "train/loop.h"
#include "train/rehearsal.h"
#include "train/schedule.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

constexpr double kGemmShare = 0.7;           // of the GEMM rate that steps reach, where none is timed
constexpr double kLongRehearsal = 20;        // seconds of a micro-batch; a longer one is not timed
constexpr double kDiskBytesPerSecond = 3e8;  // a guess: what checkpoints are hashed and written at
constexpr double kRunSpace = 50e6;           // log, samples, report

struct PlanFlags {
  std::string run;
  std::vector<std::string> sets;
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
  bool timed = false;
  double program_bytes = 0, memory_bytes = 0;
  double checkpoint_bytes = 0, disk_bytes = 0, free_disk = 0;
  std::vector<std::string> notices, advice;

  const StepCost& largest() const {
    const StepCost* most = &costs.begin()->second;
    for (const auto& [length, cost] : costs)
      if (cost.activation_bytes > most->activation_bytes) most = &cost;
    return *most;
  }
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

void add_costs(Plan& plan, const Schedule& schedule) {
  for (uint64_t step = 0; step < schedule.steps(); ++step) ++plan.steps[schedule.length(step)];
  for (const auto& [length, count] : plan.steps)
    plan.costs[length] = measure_step(plan.model, plan.compute, plan.recipe, length);
  const StepCost& most = plan.largest();
  plan.program_bytes = static_cast<double>(resident_bytes());
  plan.memory_bytes = most.parameters_bytes + most.gradient_bytes + most.optimizer_bytes +
                      most.activation_bytes + plan.program_bytes;
}

void add_times(Plan& plan, bool may_time) {
  const double gemm = 1e9 * plan.machine.gemm_gflops;
  double rate = kGemmShare * gemm;  // FLOPs a second
  // The length that most steps have is timed where that takes little.
  const auto usual = std::max_element(plan.steps.begin(), plan.steps.end(),
                                      [](const auto& a, const auto& b) { return a.second < b.second; });
  const StepCost& cost = plan.costs.at(usual->first);
  const double micro_batch = cost.flops / static_cast<double>(plan.recipe.grad_accum_steps) / rate;
  if (may_time && micro_batch < kLongRehearsal &&
      plan.memory_bytes < 0.9 * static_cast<double>(plan.machine.memory_bytes)) {
    const RehearsedStep step = rehearse_step(plan.model, plan.compute, plan.recipe, usual->first, 2);
    rate = cost.flops / step.seconds(plan.recipe);
    plan.timed = true;
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

void add_advice(Plan& plan) {
  const double memory = static_cast<double>(plan.machine.memory_bytes);
  if (plan.memory_bytes > memory) {
    const StepCost& most = plan.largest();
    const double standing = plan.memory_bytes - most.activation_bytes;
    if (plan.recipe.gradient_checkpointing == GradientCheckpointing::off) {
      TrainRecipe replayed = plan.recipe;
      replayed.gradient_checkpointing = GradientCheckpointing::layers;
      double activations = 0;
      for (const auto& [length, cost] : plan.costs)
        activations =
            std::max(activations, measure_step(plan.model, plan.compute, replayed, length).activation_bytes);
      plan.advice.push_back(fmt::format("train.gradient_checkpointing: layers brings the memory to {}",
                                        bytes_text(standing + activations)));
    }
    if (plan.recipe.tokens_per_batch / 2 >= plan.recipe.max_seq_len)
      plan.advice.push_back(
          fmt::format("train.tokens_per_batch: {} with grad_accum_steps: {} learns the same in about {}",
                      plan.recipe.tokens_per_batch / 2, plan.recipe.grad_accum_steps * 2,
                      bytes_text(standing + most.activation_bytes / 2)));
    if (standing > memory)
      plan.advice.push_back(fmt::format(
          "weights, gradients and moments alone take {}: choose a smaller model", bytes_text(standing)));
  }
  if (plan.disk_bytes > plan.free_disk)
    plan.advice.push_back(fmt::format("free {} of disk", bytes_text(plan.disk_bytes - plan.free_disk)));
}

Plan make_plan(const PlanFlags& flags) {
  const RunPlan run = read_run(flags.run, flags.sets);
  Plan plan;
  plan.model = run.model;
  plan.recipe = run.resolved.recipe.train;
  plan.machine = look_at_machine();
  plan.compute = compute_dtype(plan.recipe);
  plan.parameters = count_parameters(Decoder(plan.model, Device::meta, Dtype::f32));
  const Schedule schedule(plan.recipe);
  plan.notices = schedule.notices();
  add_costs(plan, schedule);
  add_disk(plan, flags.run);
  add_times(plan, !flags.no_timing);
  add_advice(plan);
  return plan;
}

Json to_json(const Plan& plan) {
  const StepCost& most = plan.largest();
  const Schedule schedule(plan.recipe);
  const double tokens = static_cast<double>(schedule.steps() * schedule.tokens_per_step());
  return {{"model", plan.model.name},
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
            {"program", plan.program_bytes},
            {"all", plan.memory_bytes},
            {"available", plan.machine.memory_bytes}}},
          {"tokens_per_second", tokens / plan.step_seconds_total},
          {"rate_measured", plan.timed},
          {"seconds",
           {{"steps", plan.step_seconds_total},
            {"evaluations", plan.evaluation_seconds},
            {"checkpoints", plan.checkpoint_seconds},
            {"all", plan.seconds()}}},
          {"disk_bytes",
           {{"checkpoint", plan.checkpoint_bytes}, {"all", plan.disk_bytes}, {"available", plan.free_disk}}},
          {"fits", plan.advice.empty()},
          {"notices", plan.notices},
          {"advice", plan.advice}};
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
  fmt::print("memory  weights {}, gradients {}, optimizer {}, activations {}, program {}: {} of {}\n",
             bytes_text(most.parameters_bytes), bytes_text(most.gradient_bytes),
             bytes_text(most.optimizer_bytes), bytes_text(most.activation_bytes),
             bytes_text(plan.program_bytes), bytes_text(plan.memory_bytes),
             bytes_text(static_cast<double>(plan.machine.memory_bytes)));
  fmt::print("time    {} at {} tok/s ({}), evaluations {}, checkpoints {}: {}\n",
             duration_text(plan.step_seconds_total),
             grouped(static_cast<uint64_t>(tokens / plan.step_seconds_total)),
             plan.timed ? "measured" : "from the rate of products", duration_text(plan.evaluation_seconds),
             duration_text(plan.checkpoint_seconds), duration_text(plan.seconds()));
  fmt::print("disk    {} checkpoints of {} and the model: {} of {}\n", kept_checkpoints(plan.recipe),
             bytes_text(plan.checkpoint_bytes), bytes_text(plan.disk_bytes), bytes_text(plan.free_disk));
  for (const std::string& notice : plan.notices) fmt::print("note    {}\n", notice);
  if (plan.advice.empty()) fmt::print("The run fits this machine.\n");
  if (!plan.advice.empty()) fmt::print("The run does not fit this machine:\n");
  for (const std::string& advice : plan.advice) fmt::print("  - {}\n", advice);
}

}  // namespace

void add_plan(CLI::App& app) {
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* command = app.add_subcommand("plan", "What a run needs: memory, time, disk");
  command->add_option("run", flags->run, "Run folder with run.yaml (see bantam init)")->required();
  command->add_option("--set", flags->sets, "Override a value of the recipe: train.lr=3e-4")
      ->allow_extra_args(false);
  command->add_option("--threads", flags->threads, "Threads; default: all processors this process may use")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--no-timing", flags->no_timing,
                    "Take the time from the rate of products; no step is tried");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->callback([flags] {
    if (flags->threads > 0) set_thread_count(flags->threads);
    const Plan plan = make_plan(*flags);
    if (flags->json)
      fmt::print("{}", dump_json(to_json(plan)));
    else
      print(plan);
  });
}

}  // namespace bantam::cli
