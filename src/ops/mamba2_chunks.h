// Mamba-2 in training on the CPU: the recurrence as products over chunks of tokens (Dao & Gu 2024, arXiv:2405.21060,
// section 6). Law: chunks are counted from the start of their segment, so results depend neither on a segment's company nor
// on threads; sums over heads run in their order inside a chunk's task.
#pragma once
#include "ops/mamba2_reference.h"

namespace bantam {

// Tokens of a chunk; the last of a segment may have fewer.
inline constexpr size_t kMamba2Chunk = 64;

// Rows and columns of the matrix (f32) in which forward leaves the state before every chunk but the first of a segment; the
// rows suffice however the tokens are cut into segments.
size_t mamba2_kept_rows(size_t tokens);
size_t mamba2_kept_cols(const Mamba2Matrices& m);

// kept, and `room` on the way back: as above; no data where there are no rows.
void mamba2_by_chunks(const Mamba2Matrices& m, const Segments& segments, Mat y, Mat kept);
void mamba2_by_chunks_backward(const Mamba2Matrices& m, const Segments& segments, Mat kept, ConstMat dy,
                               Mat room, const Mamba2Gradients& to);

}  // namespace bantam
