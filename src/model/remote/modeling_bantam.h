// The PyTorch file that goes out with a model for which transformers has no class of its own (trust_remote_code). It stands
// beside this header as it is, and a build puts it into the program; the program writes it and never runs it.
#pragma once
#include <string>
#include <string_view>

#include "model/config.h"

namespace bantam {

inline constexpr const char* kRemoteCodeFile = "modeling_bantam.py";

std::string_view remote_code();

// What of `model` the file does not compute: empty, or the kind of a part, as in "the feed turbo". Law: every kind that it
// knows stands in its tables, in quotes.
std::string unknown_to_remote_code(const ModelConfig& model);

}  // namespace bantam
