// A model as a folder in the Hugging Face layout: config.json, model.safetensors, the tokenizer's files.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/json.h"
#include "model/decoder.h"
#include "model/families.h"
#include "model/stored_weights.h"

namespace bantam {

// What to compute otherwise than a folder's config says; no shape may change by it.
using ConfigChange = std::function<void(ModelConfig&)>;

// A folder's model as its files describe it, checked against them; no weight is in memory.
struct StoredModel {
  explicit StoredModel(const std::filesystem::path& folder, const ConfigChange& change = {},
                       const Renaming& renaming = {});

  FamilyModel found;
  std::string config_json;  // text of the folder's config.json
  Decoder shapes;           // on the meta device
  StoredWeights weights;
};

// What a folder's weights hash to (model_state_sha256), and what its config.json says they do, if it does.
struct StateHash {
  explicit StateHash(const StoredModel& model);
  bool as_recorded() const { return !recorded || *recorded == found; }

  std::string found;
  std::optional<std::string> recorded;
};

struct LoadedModel {
  std::unique_ptr<Decoder> decoder;
  const Family* family = nullptr;
  ObjectiveOptions objective;  // of its family's training
  std::string config_json;     // text of the folder's config.json
  std::vector<GuessedName> guessed;
};

// Loads a folder of any family we know, weights converted to f32 masters. compute: what products run in.
// Errors name the tensor or key: missing, of another shape, or not part of the model.
LoadedModel load_model(const std::filesystem::path& folder, Device device, Dtype compute,
                       const ConfigChange& change = {}, const Renaming& renaming = {});

// Only the config: what the folder would be loaded as.
FamilyModel read_model_config(const std::filesystem::path& folder);

// Where a model's weights came from; config.json keeps it.
struct Provenance {
  std::string init;  // "random", "checkpoint", "import", "export", "packed", "continued"
  std::optional<uint64_t> seed;
  std::string parent;  // model_state_sha256 of the checkpoint it continues, if any
};

// Writes config.json and model.safetensors into an existing folder (a staging folder of the caller).
// dtype: f32 or bf16. tokenizer_sha256 may be empty. Returns model_state_sha256.
std::string write_model(const std::filesystem::path& folder, const Decoder& model, StoredDtype dtype,
                        const Provenance& provenance, const std::string& tokenizer_sha256);

// The same for a model that has not been allocated (`model` on the meta device): initial values by `seed`, streamed
// tensor by tensor.
std::string write_initial_model(const std::filesystem::path& folder, const Decoder& model, StoredDtype dtype,
                                uint64_t seed, const std::string& tokenizer_sha256,
                                const ByteProgress& progress = {});

// What a new model's weights begin with.
PartValues initial_values(uint64_t seed);

// The same with values from anywhere.
std::string write_model_from(const std::filesystem::path& folder, const Decoder& shapes, StoredDtype dtype,
                             const PartValues& values, const Provenance& provenance,
                             const std::string& tokenizer_sha256, const ByteProgress& progress = {},
                             bool ternary_blocks = false);

// And for one whose weights lie in files, streamed as well; ternary weights in blocks where that is wanted.
std::string write_stored_model(const std::filesystem::path& folder, const StoredModel& model,
                               StoredDtype dtype, const Provenance& provenance,
                               const std::string& tokenizer_sha256, const ByteProgress& progress = {},
                               bool ternary_blocks = false);

}  // namespace bantam
