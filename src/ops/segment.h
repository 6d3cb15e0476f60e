// Which rows of a packed batch belong together.
#pragma once
#include <cstddef>
#include <vector>

namespace bantam {

// Rows [start, start + length) are consecutive tokens of one document or one sequence. Segments follow each other
// without gaps and cover the batch. Nothing that mixes positions looks past a segment's ends.
struct Segment {
  size_t start, length;
};
using Segments = std::vector<Segment>;

}  // namespace bantam
