// Depthwise causal convolution over the positions of a segment: a filter a channel.
//   y[t, c] = bias[c] + Σ_k w[c, k] x[t − W + 1 + k, c],   x before the segment's first token is zero
// Dimensions:  T tokens, packed   C channels   W taps
#pragma once
#include <span>

#include "ops/segment.h"
#include "tensor/tensor.h"
#include "tensor/weight.h"

namespace bantam {

// x: [T, C], f32, bf16 or f64. taps: W values a channel, channel after channel. bias: [1, C], or null. Result as x; sums
// in f32 (f64 on reference), tap after tap. Differentiable in all.
Tensor causal_conv(const Tensor& x, Weight& taps, Weight* bias, const Segments& segments);

// Decoding: carried[s] holds the W − 1 rows before segment s in f32, [W − 1, C], and takes its last ones. The same bits
// however a sequence is cut into calls.
Tensor causal_conv_step(const Tensor& x, Weight& taps, Weight* bias, const Segments& segments,
                        std::span<float* const> carried);

}  // namespace bantam
