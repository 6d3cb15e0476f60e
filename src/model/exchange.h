// Models that change hands: a folder of any family we read becomes one of ours, and one of ours a folder that transformers
// loads, Llama-class or with our own PyTorch file. Weights are streamed and, when the type stays, bit for bit the same.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "model/family/llama2c.h"
#include "model/folder.h"

namespace bantam {

struct Exchanged {
  std::string model_state_sha256;     // of the weights that were written
  uint64_t parameters = 0;            // and how many they are
  std::vector<std::string> left_out;  // tensors of the source, by its names, that were not written
};

// Writes our config.json and model.safetensors into an existing folder, and into generation_config.json the
// token ids that only the source's config.json names. tokenizer_sha256 may be empty.
Exchanged import_model(const StoredModel& source, const std::filesystem::path& folder, StoredDtype dtype,
                       const std::string& tokenizer_sha256, const ByteProgress& progress);

// The same for a checkpoint of llama2.c.
Exchanged import_llama2c(const Llama2c& source, const std::filesystem::path& folder, StoredDtype dtype,
                         const std::string& tokenizer_sha256, const ByteProgress& progress);

// The same for a model whose ternary weights are to take 2 bits each; the others are written in `dtype`. unsupported: it has
// no ternary weight.
Exchanged pack_ternary(const StoredModel& source, const std::filesystem::path& folder, StoredDtype dtype,
                       const std::string& tokenizer_sha256, const ByteProgress& progress);

// Writes config.json and model.safetensors of LlamaForCausalLM, with the token ids of the folder's
// generation_config.json. Heads that only training uses are left out. unsupported: the trunk is not
// Llama-class.
Exchanged export_llama(const StoredModel& source, const std::filesystem::path& folder, StoredDtype dtype,
                       const ByteProgress& progress);

// Writes config.json, model.safetensors with all tensors, and the PyTorch file that computes the model when transformers
// loads it with trust_remote_code; any composition. To us the folder is one of our own. tokenizer_sha256 may be empty.
// unsupported: the file does not know a part of it.
Exchanged export_remote_code(const StoredModel& source, const std::filesystem::path& folder,
                             StoredDtype dtype, const std::string& tokenizer_sha256,
                             const ByteProgress& progress);

// Writes config.json, metadata.json and model.safetensors of VUAF's package, which reads them as they are. It knows nothing
// but norms over whole sequences: metadata.json says under group_norm what the model was made with, and we read it back.
// Heads that only training uses are left out. unsupported: the model is not one of VUAF's.
Exchanged export_vuaf(const StoredModel& source, const std::filesystem::path& folder, StoredDtype dtype,
                      const ByteProgress& progress);

}  // namespace bantam
