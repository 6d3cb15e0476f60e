// What of a model will not quantise well, from its shapes alone. Block formats cut the rows of a matrix: Q8_0, Q4_0 and the
// like into 32 values, llama.cpp's K-quants and TQ2_0 (formats/ternary_blocks.h) into 256; a matrix whose rows they do not
// divide falls back to another format, or stays as it is.
#pragma once
#include <string>
#include <vector>

#include "model/config.h"

namespace bantam {

// One sentence each; none where all is well. What only training uses is left aside.
std::vector<std::string> quantization_traps(const ModelConfig& model);

}  // namespace bantam
