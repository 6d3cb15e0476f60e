// What a folder's model says to a few fixed tokens, to hold two folders, or two readings of one, against each other.
#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "model/folder.h"

namespace bantam {

struct Trial {
  std::vector<float>
      logits;  // [rows, length, vocab], rows of 24 tokens or of the whole context where that is less
  uint64_t vocab = 0;
  bool stepwise_agrees =
      true;  // the same bits token by token; not looked at where a model needs whole sequences
  bool finite = true;
};

// How a folder is to be read for a trial.
struct TrialOptions {
  ConfigChange change;
  Renaming renaming;
  bool round_to_bf16 = false;  // weights, as a file in bf16 would hold them
};

// Loads the folder in f32 and runs the model over tokens that are drawn from a fixed seed. Errors: those of load_model.
Trial try_model(const std::filesystem::path& folder, const TrialOptions& options = {});

// The largest difference of two logits; infinite where only one of them is a number. invalid: other vocabularies or lengths.
double largest_difference(const Trial& a, const Trial& b);

// Whether a model of so many parameters can be tried on this machine: in f32 it takes at most half of its memory.
bool fits_for_trial(uint64_t parameters);

}  // namespace bantam
