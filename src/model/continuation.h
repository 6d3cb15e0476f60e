// A new model that begins with the weights of another. What has the same name and shape is kept bit for bit, rows of tokens that
// both have too, all else is as in any new model. Streamed: neither model need fit in memory.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "model/folder.h"

namespace bantam {

struct ContinuedTensors {
  std::vector<std::string> kept;     // tensors as they were
  std::vector<std::string> resized;  // with the rows of the tokens that both models have
  std::vector<std::string> fresh;    // new ones
  std::vector<std::string> unused;   // of the old model, by our names
};

// What becomes of the tensors of a model of these shapes.
ContinuedTensors continue_from(const StoredModel& old, const Decoder& shapes);

// Writes such a model into an existing folder, as write_initial_model does. Returns model_state_sha256.
std::string write_continued_model(const std::filesystem::path& folder, const StoredModel& old,
                                  const Decoder& shapes, StoredDtype dtype, uint64_t seed,
                                  const ByteProgress& progress = {});

}  // namespace bantam
