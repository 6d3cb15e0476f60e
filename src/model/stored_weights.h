// A model's tensors in files: checked against what its config describes, read in any float type, streamed
// out. Nothing larger than a piece of a tensor is held here, so a model need not fit in memory to be
// converted.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/tensor_files.h"
#include "formats/ternary_blocks.h"
#include "model/decoder.h"
#include "model/families.h"
#include "model/tensor_names.h"

namespace bantam {

// A tensor of a model, and the matrix that it is part of.
struct NamedPart {
  const Weight* weight;
  const WeightPart* part;
};
using NamedParts = std::map<std::string, NamedPart>;
NamedParts parts_by_name(const Decoder& model);  // all of them

// Tensors as files hold them: nearly always one of ours each, else several one below the other, equally wide.
using StoredLayout = std::map<std::string, std::vector<NamedPart>>;
// `parts` under the names of `family`.
StoredLayout stored_layout(const NamedParts& parts, const Family& family);
// Under our own.
StoredLayout stored_layout(const NamedParts& parts);
std::vector<uint64_t> stored_shape(const std::vector<NamedPart>& parts);

// The files of a folder as the weights of `model`, under the names of `family`.
class StoredWeights {
 public:
  // A ternary weight may also be stored in blocks (formats/ternary_blocks.h).
  // Errors name the tensor: missing, of another shape, of no float type, or not part of the model; and those of
  // find_tensors and of the family's check_derived.
  StoredWeights(const std::filesystem::path& folder, const Decoder& model, const Family& family,
                const Renaming& renaming = {});

  const TensorFiles& files() const { return files_; }
  const std::string& where() const { return where_; }  // the folder, for messages
  // By the family's names, whatever the files call them; derived ones too.
  const std::map<std::string, const TensorFiles::Entry*>& named() const { return names_.found; }
  const std::vector<GuessedName>& guessed() const { return names_.guessed; }
  const std::vector<std::string>& derived() const {
    return derived_;
  }  // tensors that the family derives from others
  // What a file of ours should hold them in by default: bf16 when all of them are stored so, else f32.
  StoredDtype natural_dtype() const;

  // Elements [begin, begin + count) of a part; T is float or double.
  template <class T>
  void read(const WeightPart& part, size_t begin, size_t count, T* out) const;

 private:
  TensorFiles files_;
  std::string where_;
  TensorNames names_;
  struct Place {
    const TensorFiles::Entry* entry = nullptr;
    size_t offset = 0;  // elements of the stored tensor before ours
    std::optional<TernaryBlocks> blocks;
  };
  std::map<std::string, Place> places_;  // by our names
  std::vector<std::string> derived_;
};

// Elements [begin, begin + count) of a part in f32.
using PartValues = std::function<void(const NamedPart&, size_t begin, size_t count, float* out)>;
PartValues values_of(const StoredWeights& stored);
// Told how many of `total` bytes are done; false ends the work with Error cancelled.
using ByteProgress = std::function<bool(uint64_t done, uint64_t total)>;

// Writes a safetensors file, tensor by tensor. Returns its model_state_sha256. out_of_memory: the disk is too
// small. ternary_blocks: ternary weights are written as blocks of 2 bits an element and not in `dtype`.
std::string write_weights(const std::filesystem::path& path, const StoredLayout& layout, StoredDtype dtype,
                          const PartValues& values, const ByteProgress& progress = {},
                          bool ternary_blocks = false);

// "bfloat16", "float32": the name in config.json.
std::string torch_name(StoredDtype dtype);

}  // namespace bantam
