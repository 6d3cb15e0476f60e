// The files that a probe reads and writes.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bantam {

// B rows of T values each.
struct IdRows {
  size_t rows = 0, length = 0;
  std::vector<int64_t> values;
};

// An image for each row: [rows, size, size, 3].
struct ImageRows {
  size_t rows = 0, size = 0;
  std::vector<uint8_t> pixels;
};

struct ProbeInput {
  std::optional<IdRows> ids, labels, greedy_prompt, decisions;
  std::optional<ImageRows> images = {};
};
// The tensors input_ids (or ids), labels, greedy_prompt, decision and images of a safetensors file; others are ignored.
// Errors: corrupt, invalid (another type or shape).
ProbeInput read_probe_input(const std::filesystem::path& path);

struct NamedArray {
  std::string name;
  std::vector<uint64_t> shape;
  std::vector<float> floats;
  std::vector<int64_t> integers;  // in place of floats
};

// Writes all of them as one safetensors file.
void write_arrays(const std::filesystem::path& path, const std::vector<NamedArray>& arrays);

}  // namespace bantam
