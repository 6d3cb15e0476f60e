// What each part of a model holds and works: its parameters, and the FLOPs of a forward.
//
// Law: nothing here is a formula. Parts are made and run on the device meta, where ops count their own work
// (tensor/kernel.h), and what joins and exits take is what the whole decoder takes beyond its parts. So every sum is
// the decoder's own.
#pragma once
#include <cstdint>
#include <vector>

#include "model/config.h"
#include "model/parameter_count.h"

namespace bantam {

// flops: of a token; a multiply-add is two. What is counted: products, attention, recurrences, mixes of streams, rotations.
struct PartCost {
  uint64_t parameters = 0;
  double flops = 0;
};

struct LayerCosts {
  PartCost mixer, feed;  // without the norms around them; one step of the loop
};

struct PartCosts {
  size_t tokens =
      0;  // FLOPs are the mean over a sequence this long: attention takes more the further it looks back
  PartCost embedding, memory;
  PartCost patches;  // FLOPs: of a patch, in no sum below
  std::vector<LayerCosts> layers;
  PartCost
      joins;  // norms and mixes around all branches and at the ends of the streams; all steps of the loop
  PartCost refinement;  // of all exits
  PartCost norm;
  PartCost halting;  // the halting head, and collapsing the streams at the exits before the last
  PartCost output;   // parameters only where it is not tied to the embedding
  PartCost ahead, predictor,
      decision;  // heads that only training needs; ahead's FLOPs include their output projections
  ParameterCount parameters;  // of the whole model
  double flops = 0;           // of a token without those heads: all steps of the loop, one output projection
};

// Allocates nothing of the model's size. A sequence is as long as the context, at most 4,096 tokens.
PartCosts count_part_costs(const ModelConfig& config);

}  // namespace bantam
