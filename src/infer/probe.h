// What a model computes on given ids, as named arrays: for comparison with other frameworks, and for tests.
// Decoding runs through sequence memories, losses and gradients through the training pass.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "infer/probe_files.h"
#include "infer/sampler.h"
#include "model/decoder.h"
#include "model/families.h"
#include "model/objective.h"

namespace bantam {

struct ProbeOptions {
  bool loss = false, gradients = false, stepwise = false, internals = false;
  std::optional<std::vector<size_t>> chunks;  // sizes; past the list go single tokens
  size_t greedy = 0;                          // tokens to continue with
  std::optional<double> halt_threshold;       // absent: off
  ObjectiveOptions objective;
};

// In B, T, V of the input and R loop steps:
//   logits [B, T, V]; with halting also step_logits [R, B, T, V], halt_lambda [R − 1, B, T], exit_steps [B,
//   T] with `internals` also halt_logits [R − 1, B, T], router_idx [R · layers with one expert a token, B, T] by loop step
//   and layer, moe.layer<i>.experts [R · B, T, K] where a token has several; loss, loss.<term> [1]; grad.<tensor as `family` names it>; stepwise_logits, chunked_logits [B, T, V]
//   decision_logits [B, T, classes] of a decision head, at every position
//   greedy_ids [B, N] and, with halting, exit_steps [B, N] in place of the other
// With images, [B, size, size, 3] as the model's config says, the first ids of every row are −1, one a patch of its image.
// The input's decision [B, T] is a class where the decision head's loss reads one, -100 elsewhere.
// invalid: ids or labels that are no tokens of the model, images that it does not take, classes that its decision head has not or does not learn.
std::vector<NamedArray> probe(Decoder& model, const Family& family, const ProbeInput& input,
                              const ProbeOptions& options);

// probs.<i> for the tensors logits.<i> of a safetensors file, i from 0, under settings[i], or settings[0] for
// all. history.<i>, where there is one, holds the tokens before.
std::vector<NamedArray> probe_sampler(const std::filesystem::path& logits,
                                      const std::vector<SamplingSettings>& settings);

}  // namespace bantam
