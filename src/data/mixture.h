// Draws a source for every training row so that each has its share, as evenly as whole rows allow.
//
// The first source takes row r exactly when floor((r + 1) p + u) > floor(r p + u), where p is its share and u
// a phase drawn from the seed (a Beatty sequence); the rows it leaves are numbered anew and drawn for the
// rest in the same way. Law: the source and how many of its rows came before are a pure function of (shares,
// seed, row), in O(sources).
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace bantam {

class Mixture {
 public:
  Mixture(std::span<const double> weights, uint64_t seed);  // invalid: none, or one that is not above 0

  struct Draw {
    size_t source;
    uint64_t ordinal;  // the how-many-th row of that source, from 0
  };
  Draw draw(uint64_t row) const;
  std::vector<uint64_t> drawn_before(uint64_t row) const;  // by source

 private:
  struct Level {
    uint64_t share, phase;  // in units of 2^-63
  };
  std::vector<Level> levels_;  // of all sources but the last
};

}  // namespace bantam
