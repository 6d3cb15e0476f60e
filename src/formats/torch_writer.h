// Writing a file of torch.save: a dict of tensors that torch.load(weights_only=True) reads.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>

#include "formats/tensor_files.h"

namespace bantam {

// All tensors of `from` as they are, in the order of their names, each in a storage of its own. progress: told after each
// piece how many bytes it had; may throw to end the work. unsupported: a tensor of a type that PyTorch files are not written
// in. out_of_memory: the disk is too small. Nothing appears at the path before all of it is written.
void write_torch_file(const std::filesystem::path& path, const TensorFiles& from,
                      const std::function<void(uint64_t bytes)>& progress = {});

}  // namespace bantam
