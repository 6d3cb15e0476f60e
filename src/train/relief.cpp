#include "train/relief.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "train/decoder_learner.h"
#include "train/schedule.h"

namespace bantam {
namespace {

// The same step in twice as many micro-batches, while every row length divides them.
bool halve(TrainRecipe& recipe) {
  const uint64_t half = recipe.tokens_per_batch / 2;
  if (recipe.tokens_per_batch % 2 != 0) return false;
  for (const uint64_t length : row_lengths(recipe))
    if (half % length != 0) return false;
  recipe.tokens_per_batch = half;
  recipe.grad_accum_steps *= 2;
  return true;
}

// Halves micro-batches until a step takes at most `bytes` or they cannot be halved again.
Relief smaller_batches(const ModelConfig& model, Dtype compute, TrainRecipe recipe, double bytes) {
  Relief relief;
  const uint64_t before = recipe.tokens_per_batch;
  while (halve(recipe)) {
    relief.bytes = step_memory(model, compute, recipe);
    if (relief.bytes <= bytes) break;
  }
  if (recipe.tokens_per_batch == before) return relief;
  relief.settings = fmt::format("train.tokens_per_batch: {}, train.grad_accum_steps: {}",
                                recipe.tokens_per_batch, recipe.grad_accum_steps);
  relief.price = "the same step";
  relief.recipe = std::move(recipe);
  return relief;
}

}  // namespace

std::vector<uint64_t> row_lengths(const TrainRecipe& recipe) {
  const uint64_t steps = Schedule(recipe).steps();
  std::set<uint64_t> lengths;
  uint64_t begin = 0;
  for (const CurriculumEntry& entry : parse_curriculum(recipe.length_curriculum, recipe.max_seq_len)) {
    if (begin < steps) lengths.insert(entry.length);
    begin = entry.until;
  }
  return {lengths.begin(), lengths.end()};
}

double step_memory(const ModelConfig& model, Dtype compute, const TrainRecipe& recipe) {
  double most = 0;
  for (const uint64_t length : row_lengths(recipe))
    most = std::max(most, measure_step(model, compute, recipe, length).memory_bytes());
  return most;
}

std::vector<Relief> reliefs(const ModelConfig& model, Dtype compute, const TrainRecipe& recipe,
                            double bytes) {
  const double before = step_memory(model, compute, recipe);
  std::vector<Relief> list;
  TrainRecipe all = recipe;
  const auto offer = [&](Relief relief) {
    if (relief.settings.empty() || relief.bytes >= before) return false;
    list.push_back(std::move(relief));
    return true;
  };
  const auto changed = [&](const char* settings, const char* price, auto change) {
    Relief relief{settings, price, recipe};
    change(relief.recipe);
    relief.bytes = step_memory(model, compute, relief.recipe);
    if (offer(std::move(relief))) change(all);
  };
  offer(smaller_batches(model, compute, recipe, bytes));
  if (recipe.gradient_checkpointing == GradientCheckpointing::off)
    changed("train.gradient_checkpointing: layers", "the same bits, a third more time",
            [](TrainRecipe& r) { r.gradient_checkpointing = GradientCheckpointing::layers; });
  if (recipe.optimizer == OptimizerKind::adamw)
    changed("train.optimizer: adamw_8bit", "moments in 8 bits",
            [](TrainRecipe& r) { r.optimizer = OptimizerKind::adamw_8bit; });
  if (list.size() < 2) return list;
  Relief together = smaller_batches(model, compute, all, bytes);
  if (together.settings.empty()) {
    together.recipe = all;
    together.bytes = step_memory(model, compute, all);
  }
  together.settings = "all of these";
  together.price = "";
  list.push_back(std::move(together));
  return list;
}

}  // namespace bantam
