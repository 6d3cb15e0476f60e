// A Decoder as what the loop trains.
#pragma once
#include <functional>
#include <map>
#include <optional>

#include "data/batches.h"
#include "model/decoder.h"
#include "model/objective.h"
#include "train/learner.h"
#include "train/recipe.h"
#include "train/schedule.h"

namespace bantam {

class DecoderLearner : public Learner {
 public:
  using BatchOfStep = std::function<Batch(uint64_t step)>;  // all of a step's micro-batches together
  // The model outlives this object. Allocates its gradients. class_weights: of the decision head's classes, all 1 when empty.
  // source_names: of the numbers in Batch::sources; with two or more, each source's cross-entropy of the next token, a mean
  // over its targets of the step, is a term "ce.NAME" (where no loop halts).
  DecoderLearner(Decoder& model, const TrainRecipe& recipe, BatchOfStep batch_of_step,
                 std::vector<double> class_weights = {}, std::vector<std::string> source_names = {});

  std::vector<Weight*> weights() override;
  void open_step(uint64_t step) override;
  size_t micro_batches() const override { return micro_batches_; }
  MicroLoss forward(size_t micro_batch) override;
  std::string batch_name() const override;
  double step_flops(uint64_t step) override;

 private:
  void add_source_losses(const Batch& part, const Tensor& row_loss,
                         std::map<std::string, double>& terms) const;

  Decoder& model_;
  TrainRecipe recipe_;
  Schedule schedule_;
  ObjectiveOptions objective_;
  BatchOfStep batch_of_step_;
  size_t micro_batches_;
  std::vector<std::string> source_names_;
  std::map<std::string, uint64_t> source_targets_;  // of the open step, by the source's name
  uint64_t step_ = 0;
  Batch batch_;
  TargetCounts counts_;
  std::optional<Pass> pass_;          // of the last forward: replayed layers ask it again on the way back
  std::map<uint64_t, double> flops_;  // of a step, by row length
};

inline constexpr uint64_t kEvaluatedPositions = 4096;  // of one forward of an evaluation, as whole rows

// What one step costs, found by running it on shapes alone.
struct StepCost {
  double flops = 0;             // of all its micro-batches, recomputation left out
  double parameters_bytes = 0;  // weights in all their copies
  double gradient_bytes = 0;
  double optimizer_bytes = 0;   // moments, Muon's room to work in, the average of the weights
  double update_flops = 0;      // of the optimizer's products, which `flops` has not
  double activation_bytes = 0;  // most that is alive beside those, with the recipe's gradient_checkpointing
  double spare_bytes = 0;  // beside those: freed blocks whose size no later block had, and what an evaluation takes more
  double memory_bytes() const {
    return parameters_bytes + gradient_bytes + optimizer_bytes + activation_bytes + spare_bytes;
  }
};
StepCost measure_step(const ModelConfig& model, Dtype compute, const TrainRecipe& recipe, uint64_t length);

}  // namespace bantam
