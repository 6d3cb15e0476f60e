// Rotary position embedding (Su et al. 2021, arXiv:2104.09864), over all channels of a head or some.
#pragma once
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace bantam {

// How the frequencies f of a model that was trained on short texts are changed for longer ones. A pair turns
// n = original_context · f / 2π times within the texts it was trained on.
//   linear  f / factor (Chen et al. 2023, arXiv:2306.15595)
//   llama3  s f + (1 − s) f / factor, s = (n − low_freq_factor) / (high_freq_factor − low_freq_factor) kept to 0…1
//   yarn    the same, with s falling from 1 to 0 along the pairs' index, from the pair that turns beta_fast times to the one
//           that turns beta_slow times, both rounded outwards to whole pairs if `truncate`; cosines and sines are multiplied
//           by attention_factor (Peng et al. 2023, arXiv:2309.00071, with the temperature of section 3.4)
struct RopeScaling {
  enum class Kind { none, linear, llama3, yarn };
  Kind type = Kind::none;
  double factor = 1;
  int64_t original_context = 8192;
  double low_freq_factor = 1, high_freq_factor = 4;
  double beta_fast = 32, beta_slow = 1;
  double attention_factor = 1;
  bool truncate = true;

  auto operator<=>(const RopeScaling&) const = default;
};
inline std::vector<std::string> names(const RopeScaling::Kind*) {
  return {"none", "linear", "llama3", "yarn"};
}

struct RopeShape {
  size_t heads = 1;
  float base = 10000;
  // Of each head's K channels, `width` from `first` on turn; the others stay. 0 is all that are left.
  size_t first = 0, width = 0;
  bool interleaved = false;  // pairs are neighbours, and not halves (GPT-J, DeepSeek)
  bool f64_angles = false;   // angles are computed in f64, and not in f32 as Llama's reference code has it
  RopeScaling scaling = {};
};

// x: [T, heads·K], W = width. For pair i < W/2 of each head: (a, b) = (x[i], x[i + W/2]), or interleaved (x[2i], x[2i + 1]),
// turns by angle positions[t] · f[i], f[i] = base^(−2i/W) as `scaling` changes it: a' = a cos − b sin, b' = b cos + a sin.
// Cosines and sines are computed in f64, rounded to f32 and cached. Differentiable in x. positions: T values ≥ 0.
Tensor rope(const Tensor& x, const RopeShape& shape, std::span<const int32_t> positions);

}  // namespace bantam
