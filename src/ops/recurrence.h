// What recurrences over segments share: states kept at fixed tokens on the way forward, and work split into one task a
// segment and part of the state. Law: both depend on the segments alone, never on threads.
#pragma once
#include "base/error.h"
#include "base/threads.h"
#include "ops/segment.h"
#include "tensor/mat.h"

namespace bantam {

// The state is kept before every such token of a segment but its first, where it is zero, and recomputed from there on the
// way back.
inline constexpr size_t kKeptTokens = 16;

// Of a segment of so many tokens, and the most that any segments of so many tokens keep: room for them does not depend on
// how long the documents of a batch are.
inline size_t kept_states(size_t length) { return length == 0 ? 0 : (length - 1) / kKeptTokens; }

// One part of the state of one segment. kept: the states before tokens 16, 32, …, null when nobody will ask.
struct StateTask {
  size_t segment, part;
  float* kept;
  size_t kept_stride;  // from one to the next
};

// Calls f(task) for every part of every segment, in parallel. kept: [kept_states of all tokens, parts · size], or empty.
template <class F>
void each_state(const Segments& segments, size_t parts, size_t size, const Mat& kept, F f) {
  parallel_for(segments.size() * parts, [&](size_t n) {
    StateTask task{n / parts, n % parts, nullptr, kept.stride};
    size_t row = 0;
    for (size_t s = 0; s < task.segment; ++s) row += kept_states(segments[s].length);
    if (kept.data != nullptr) task.kept = kept.row<float>(row) + task.part * size;
    f(task);
  });
}

// invalid, unless the segments follow each other and cover `rows`.
inline void check_segments(const char* op, const Segments& segments, size_t rows) {
  size_t row = 0;
  for (const Segment& segment : segments) {
    require(segment.start == row, ErrorCode::invalid, "{}: a segment starts at row {}, wanted {}", op,
            segment.start, row);
    row += segment.length;
  }
  require(row == rows, ErrorCode::invalid, "{}: segments cover {} rows of {}", op, row, rows);
}

}  // namespace bantam
