// oneDNN's matrix products. No other file calls oneDNN.
#pragma once
#include <string>

#include "ops/gemm.h"

namespace bantam {

// As gemm(), for c in f32, or in bf16 when the operands are. bf16 operands need an instruction set with bf16
// products.
void gemm_onednn(const GemmOperand& a, const GemmOperand& b, Mat c, bool accumulate, const float* bias);

// How many shapes of products have been compiled. They stay: what a run multiplies must be of few shapes.
size_t compiled_products();

std::string onednn_version();

}  // namespace bantam
