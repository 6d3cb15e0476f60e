// Elements of stored tensors as plain numbers. Files promise no alignment, so values are copied out.
#pragma once
#include <cstdint>
#include <vector>

#include "formats/tensor_file.h"

namespace bantam {

// All elements of an integer tensor. invalid: of another type.
std::vector<int64_t> stored_integers(const TensorFile& file, const StoredTensor& tensor);
// All elements of an F32 tensor. invalid: of another type.
std::vector<float> stored_floats(const TensorFile& file, const StoredTensor& tensor);

}  // namespace bantam
