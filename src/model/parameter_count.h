// How many parameters a model has, and where.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "model/decoder.h"

namespace bantam {

struct ParameterCount {
  uint64_t all = 0;
  uint64_t active = 0;     // of those below: what one token runs through, once; of experts its own
  uint64_t inference = 0;  // without the heads that only training uses
  std::map<std::string, uint64_t>
      parts;  // by part: "embed_tokens", "layers.self_attn", "layers.norm", "mtp", …
};

// Whether a tensor belongs to a head that only training uses.
bool trains_only(const std::string& tensor);

// Of any device; on `meta` nothing is allocated.
ParameterCount count_parameters(const Decoder& model);

}  // namespace bantam
