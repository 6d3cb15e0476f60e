#include "nn/patch_encoder.h"

#include "base/threads.h"
#include "ops/elementwise.h"
#include "ops/embedding.h"
#include "ops/linear.h"
#include "ops/pick_rows.h"
#include "ops/place_rows.h"
#include "tensor/copy.h"

namespace bantam {

PatchEncoder::PatchEncoder(const Build& b, size_t image_size, size_t patch_size, size_t width, float eps)
    : image_size_(image_size), patch_size_(patch_size) {
  BANTAM_ASSERT(patch_size > 0 && image_size % patch_size == 0);
  const size_t side = image_size / patch_size;
  conv_ = &b.matrix({{"conv", width}}, 3 * patch_size * patch_size);
  conv_->parts.front().shape = {width, 3, patch_size, patch_size};
  position_ = &b.f32_matrix("position", side * side, width, {Initial::normal, 0.02});
  norm_ = RmsNorm(b, "norm", width, eps);
}

// [filled_rows(patches), 3 P P], channel by channel, in the pass's branch dtype; zeros below the patches.
Tensor PatchEncoder::pixels_of(const Pass& pass) const {
  const size_t count = pass.patches().size(), area = patch_size_ * patch_size_;
  const size_t rows = filled_rows(count);
  Output out(rows, 3 * area, pass.branch(), pass.device());
  if (pass.device() != Device::meta) {
    std::vector<float> values(rows * 3 * area);
    parallel_for(count, [&](size_t i) {
      const auto& [row, patch, pixels] = pass.patches()[i];
      const size_t side = image_size_ / patch_size_;
      const size_t top = patch / side * patch_size_, left = patch % side * patch_size_;
      for (size_t c = 0; c < 3; ++c)
        for (size_t k = 0; k < area; ++k) {
          const size_t at = (top + k / patch_size_) * image_size_ + left + k % patch_size_;
          values[(i * 3 + c) * area + k] = static_cast<float>(pixels[at * 3 + c]) / 127.5f - 1;
        }
    });
    copy(pass.device(), ConstMat(values.data(), rows, 3 * area, 3 * area, Dtype::f32), out.mat());
  }
  return constant("pixels are given", std::move(out));
}

Tensor PatchEncoder::operator()(const Tensor& stream, const Pass& pass) const {
  if (pass.patches().empty()) return stream;
  std::vector<size_t> rows;
  std::vector<int32_t> places;
  for (const PatchRow& patch : pass.patches()) {
    rows.push_back(patch.row);
    places.push_back(static_cast<int32_t>(patch.patch));
  }
  const Tensor drawn = first_rows(linear(pixels_of(pass), *conv_, nullptr, stream.dtype()), rows.size());
  return place_rows(stream, norm_(add(drawn, embedding(*position_, places)), stream.dtype()), rows);
}

}  // namespace bantam
