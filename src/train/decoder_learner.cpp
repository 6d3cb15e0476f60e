#include "train/decoder_learner.h"

#include <algorithm>

#include "base/file.h"
#include "ops/cross_entropy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"
#include "train/optimizer.h"
#include "train/weight_average.h"

namespace bantam {
namespace {

Segments segments_of(const Batch& batch) {
  Segments segments;
  for (const auto& [start, length] : batch.segments) segments.push_back({start, length});
  return segments;
}

std::vector<Weight*> pointers(const Decoder& model) {
  std::vector<Weight*> all;
  for (const auto& weight : model.weights()) all.push_back(weight.get());
  return all;
}

ObjectiveOptions objective_of(const TrainRecipe& recipe) {
  return {.mtp_weight = recipe.mtp_weight,
          .z_weight = recipe.z_loss,
          .decision_weight = recipe.decision_weight,
          .calibration_weight = recipe.calibration_loss_weight};
}

// A forward and a backward of one micro-batch whose rows are whole documents, the last token without a target and with a
// class. Where the model takes images, each begins with one that fits beside a token.
void run_on_shapes(const Decoder& model, const TrainRecipe& recipe, uint64_t length, bool replay) {
  const size_t rows = recipe.tokens_per_batch / length;
  std::vector<int32_t> ids(rows * length, 0);
  const auto& images = model.config().embed.patches;
  const size_t patches =
      images ? std::min(static_cast<size_t>(images->patches()), static_cast<size_t>(length - 1)) : 0;
  for (size_t row = 0; row < rows; ++row) std::fill_n(&ids[row * length], patches, -1);
  std::vector<int32_t> targets = ids;
  Segments segments;
  std::vector<LabelledRow> labelled;
  for (size_t row = 0; row < rows; ++row) {
    segments.push_back({row * length, length});
    targets[(row + 1) * length - 1] = -1;
    labelled.push_back({(row + 1) * length - 1, 0});
  }
  TargetCounts counts = count_targets(targets, ids, segments, model.config().furthest_target());
  counts.labelled = labelled.size();
  Tape tape;
  Pass pass(ids, segments, Device::meta, model.compute());
  for (size_t row = 0; row < rows; ++row) pass.add_image(row * length, 0, patches, nullptr);
  pass.replay_layers = replay;
  tape.backward(compute_losses(model, pass, targets, counts, objective_of(recipe), labelled).roots);
}

// The loss of rows that nothing is learnt from, as evaluations take it.
void evaluate_on_shapes(const Decoder& model, uint64_t length) {
  const size_t rows = std::max<size_t>(1, kEvaluatedPositions / length), count = rows * length;
  const std::vector<int32_t> ids(count, 0);
  Segments segments;
  for (size_t row = 0; row < rows; ++row) segments.push_back({row * length, length});
  Pass pass(ids, segments, Device::meta, model.compute());
  const Tensor hidden = model.read_outs(pass).back().hidden;
  cross_entropy(hidden, model.output_projection(), ids,
                constant("shapes only", Output(count, 1, Dtype::f32, Device::meta)));
}

}  // namespace

DecoderLearner::DecoderLearner(Decoder& model, const TrainRecipe& recipe, BatchOfStep batch_of_step,
                               std::vector<double> class_weights, std::vector<std::string> source_names)
    : model_(model),
      recipe_(recipe),
      schedule_(recipe),
      objective_(objective_of(recipe)),
      batch_of_step_(std::move(batch_of_step)),
      micro_batches_(recipe.grad_accum_steps),
      source_names_(std::move(source_names)) {
  objective_.class_weights = std::move(class_weights);
  model_.allocate_gradients();
}

std::vector<Weight*> DecoderLearner::weights() { return pointers(model_); }

void DecoderLearner::open_step(uint64_t step) {
  step_ = step;
  batch_ = batch_of_step_(step);
  BANTAM_ASSERT(batch_.rows % micro_batches_ == 0);
  counts_ =
      count_targets(batch_.targets, batch_.tokens, segments_of(batch_), model_.config().furthest_target());
  counts_.labelled = batch_.labels.size();
  source_targets_.clear();
  if (source_names_.size() < 2) return;
  for (size_t s = 0; s < batch_.segments.size(); ++s)
    for (size_t p = 0; p < batch_.segments[s].length; ++p)
      if (batch_.targets[batch_.segments[s].start + p] >= 0)
        ++source_targets_[source_names_.at(batch_.sources[s])];
}

void DecoderLearner::add_source_losses(const Batch& part, const Tensor& row_loss,
                                       std::map<std::string, double>& terms) const {
  for (size_t s = 0; s < part.segments.size(); ++s) {
    const BatchSegment& segment = part.segments[s];
    double sum = 0;
    uint64_t targets = 0;
    for (size_t p = segment.start; p < segment.start + segment.length; ++p)
      if (part.targets[p] >= 0) {
        sum += value_at(row_loss, p);
        ++targets;
      }
    if (targets == 0) continue;
    const std::string& source = source_names_.at(part.sources[s]);
    terms["ce." + source] += sum / static_cast<double>(source_targets_.at(source));
  }
}

MicroLoss DecoderLearner::forward(size_t micro_batch) {
  const size_t rows = batch_.rows / micro_batches_;
  Batch part = batch_.slice(micro_batch * rows, rows);
  pass_.emplace(std::move(part.tokens), segments_of(part), model_.device(), model_.compute());
  for (const BatchImage& image : part.images)
    pass_->add_image(image.position, 0, image.patches, image.pixels.data());
  pass_->replay_layers = recipe_.gradient_checkpointing == GradientCheckpointing::layers;
  std::vector<LabelledRow> labelled;
  for (const auto& [position, label] : part.labels) labelled.push_back({position, label});
  Losses losses = compute_losses(model_, *pass_, part.targets, counts_, objective_, labelled);
  if (source_names_.size() >= 2 && losses.row_loss && model_.device() != Device::meta)
    add_source_losses(part, losses.row_loss, losses.terms);
  const double total = losses.total();
  return {std::move(losses.roots), total, std::move(losses.terms)};
}

std::string DecoderLearner::batch_name() const {
  const char* tokens = reinterpret_cast<const char*>(batch_.tokens.data());
  return fmt::format("seed {}, step {}, tokens {}", recipe_.seed, step_,
                     sha256_hex({tokens, batch_.tokens.size() * sizeof(int32_t)}).substr(0, 16));
}

double DecoderLearner::step_flops(uint64_t step) {
  const uint64_t length = schedule_.length(step);
  const auto [known, fresh] = flops_.try_emplace(length);
  if (fresh) known->second = measure_step(model_.config(), model_.compute(), recipe_, length).flops;
  return known->second;
}

StepCost measure_step(const ModelConfig& config, Dtype compute, const TrainRecipe& recipe, uint64_t length) {
  const auto live = [] { return static_cast<double>(arena_use(Device::meta).live_bytes); };
  StepCost cost;
  const double before = live();
  Decoder model(config, Device::meta, compute);
  cost.parameters_bytes = live() - before;
  model.allocate_gradients();
  cost.gradient_bytes = live() - before - cost.parameters_bytes;
  const AdamW optimizer(pointers(model), optimizer_options(recipe));
  std::optional<WeightAverage> average;
  if (recipe.ema > 0) average.emplace(pointers(model), recipe.ema);
  cost.update_flops = optimizer.update_flops();
  const double standing = live();
  cost.optimizer_bytes = standing - before - cost.parameters_bytes - cost.gradient_bytes;

  // Bytes that the system is asked for beside what stands, with what is freed and finds no second use.
  const auto taken = [&](auto&& f) {
    release_free_memory(Device::meta);
    reset_arena_peak(Device::meta);
    f();
    return static_cast<double>(arena_use(Device::meta).reserved_bytes) - standing;
  };
  const double evaluation = taken([&] { evaluate_on_shapes(model, recipe.max_seq_len); });
  const double flops_before = meter().flops;
  double step = taken([&] { run_on_shapes(model, recipe, length, false); });
  cost.flops = (meter().flops - flops_before) * static_cast<double>(recipe.grad_accum_steps);
  if (recipe.gradient_checkpointing == GradientCheckpointing::layers)
    step = taken([&] { run_on_shapes(model, recipe, length, true); });
  cost.activation_bytes = static_cast<double>(arena_use(Device::meta).peak_bytes) - standing;
  cost.spare_bytes = std::max(step, evaluation) - cost.activation_bytes;
  return cost;
}

}  // namespace bantam
