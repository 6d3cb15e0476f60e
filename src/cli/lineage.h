// `train --from RUN[@STEP|@best]`: a new run that begins with weights of another one, with a fresh optimizer, at step 0 of
// its own schedule. state.json of each of its checkpoints keeps where they came from, the other run's own lineage inside.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/json.h"
#include "cli/run_folder.h"
#include "model/decoder.h"

namespace bantam::cli {

// A checkpoint of a run: the one named, the best of its evaluations, or without @ the newest. usage, not_found.
struct Ancestor {
  std::string text;  // as given
  uint64_t step = 0;
  std::filesystem::path checkpoint;
};
Ancestor find_ancestor(const std::string& text);

// Puts the weights that the checkpoint's run stands for into `model`: those of its average, where it kept one. Returns the
// lineage: {"from", "step", "weights_sha256" (of formats/model_state.h), "parent": the other run's lineage or null}. usage: it
// is of another model or tokenizer than `run`; corrupt.
Json inherit(const Ancestor& ancestor, const RunFolder& run, const Decoder& model);

}  // namespace bantam::cli
