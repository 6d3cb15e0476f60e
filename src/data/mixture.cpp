#include "data/mixture.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"

namespace bantam {
namespace {

constexpr double kOne = 0x1p63;

uint64_t taken_before(uint64_t row, uint64_t share, uint64_t phase) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(row) * share + phase) >> 63);
}

}  // namespace

Mixture::Mixture(std::span<const double> weights, uint64_t seed) {
  require(!weights.empty(), ErrorCode::invalid, "data: no source has documents to draw from");
  double left = 0;
  for (const double weight : weights) {
    require(weight > 0 && std::isfinite(weight), ErrorCode::invalid,
            "data: a source's weight is {}; want more than 0", weight);
    left += weight;
  }
  const RandomStream phases(seed, "mixture");
  for (size_t i = 0; i + 1 < weights.size(); ++i) {
    const double share = std::min(weights[i] / left, 1.0);
    levels_.push_back({static_cast<uint64_t>(share * kOne), phases.bits(i) >> 1});
    left = std::max(left - weights[i], weights[i + 1]);  // rounding must not leave less than is still to come
  }
}

Mixture::Draw Mixture::draw(uint64_t row) const {
  for (size_t source = 0; source < levels_.size(); ++source) {
    const auto [share, phase] = levels_[source];
    const uint64_t before = taken_before(row, share, phase);
    if (taken_before(row + 1, share, phase) > before) return {source, before};
    row -= before;
  }
  return {levels_.size(), row};
}

std::vector<uint64_t> Mixture::drawn_before(uint64_t row) const {
  std::vector<uint64_t> drawn;
  for (const auto& [share, phase] : levels_) {
    drawn.push_back(taken_before(row, share, phase));
    row -= drawn.back();
  }
  drawn.push_back(row);
  return drawn;
}

}  // namespace bantam
