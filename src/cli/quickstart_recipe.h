// What a quickstart trains: sizes that fit the minutes and the machine. Pure functions of what was measured.
#pragma once
#include <cstdint>
#include <string>

#include "base/json.h"

namespace bantam::cli {

struct Machine {
  int processors = 1;
  uint64_t memory_bytes = 0;  // that this process may use
  std::string isa;            // instruction sets in use
  bool bf16 = false;          // training computes in bf16 here
  double gemm_gflops = 0;     // measured, all processors
};
Machine look_at_machine();
uint64_t available_memory();  // bytes that this process may still use

// A dense decoder and how long to train it.
struct QuickRecipe {
  int64_t width, layers, heads, kv_heads, ff, vocab;
  uint64_t context, tokens_per_batch, target_tokens;
  double lr;
  uint64_t corpus_bytes;  // of generated text, so that little of it is seen twice

  Json model() const;  // as model.json
  uint64_t parameters() const;
  double memory_bytes() const;     // about what training takes
  double flops_per_token() const;  // forward and backward, attention at full context included
};

// For a training time of `seconds` on a machine that trains at `flops_per_second`: the largest sizes that still see
// enough tokens for each parameter, in at most `memory_bytes`.
QuickRecipe pick_recipe(double seconds, double flops_per_second, uint64_t memory_bytes);

// The same sizes with the number of tokens that `tokens_per_second`, measured on the model itself, gives.
QuickRecipe with_rate(QuickRecipe recipe, double seconds, double tokens_per_second);

}  // namespace bantam::cli
