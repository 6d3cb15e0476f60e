// Images as prefix tokens (models/qovaryx.md, "Chart-patch encoder"; Dosovitskiy et al. 2021, arXiv:2010.11929, eq. 1):
//
//   e_p = RMSNorm(W · patch_p + position_p),   patch_p = pixels / 127.5 − 1 of the p-th square of P × P
//
// A strided convolution, 3 → D, whose kernel and stride are P: as patches do not overlap it is one product. Patches count
// row after row from the top left; position is a learnt table of them, a grid of the image's size. Law: a patch's embedding
// depends on its pixels and its place alone, so an image may be cut between any two passes.
// Tensors: conv.weight [D, 3, P, P], position [patches, D], norm.weight [D].
#pragma once
#include "nn/build.h"
#include "nn/norm.h"
#include "nn/pass.h"

namespace bantam {

class PatchEncoder {
 public:
  PatchEncoder() = default;
  // image_size is a multiple of patch_size, P. width: D.
  PatchEncoder(const Build& b, size_t image_size, size_t patch_size, size_t width, float eps);

  // stream: [T, D] in f32 (f64 on the reference device). The rows of the pass that are patches of images become those
  // patches' embeddings; without any it is `stream` itself.
  Tensor operator()(const Tensor& stream, const Pass& pass) const;

 private:
  Tensor pixels_of(const Pass& pass) const;

  size_t image_size_ = 0, patch_size_ = 0;
  Weight* conv_ = nullptr;
  Weight* position_ = nullptr;
  RmsNorm norm_;
};

}  // namespace bantam
