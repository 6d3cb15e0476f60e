// Checkpoints of llama2.c (github.com/karpathy/llama2.c, export.py version 0): seven 32-bit integers, then f32 weights, kind
// by kind for all layers. No config beside them: their sizes say it all. Its rotary pairs are neighbours, ours halves, so rows
// of queries and keys change places; no value changes.
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/file.h"
#include "model/config.h"
#include "model/stored_weights.h"

namespace bantam {

class Llama2c {
 public:
  // Whether a file's header fits its size.
  static bool recognises(const std::filesystem::path& file);
  // corrupt, unsupported (later versions of the format).
  explicit Llama2c(const std::filesystem::path& file);

  const std::filesystem::path& path() const { return file_.path(); }
  const ModelConfig& config() const { return config_; }
  // Of the tensors of Decoder(config()).
  PartValues values() const;

 private:
  MappedFile file_;
  ModelConfig config_;
  struct Place {
    size_t offset = 0;      // in floats, from the start of the file
    size_t head_width = 0;  // of rows that change places; 0: they stay
  };
  std::map<std::string, Place> places_;  // by our names
};

}  // namespace bantam
