#include "ops/side_by_side.h"

#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam {

Tensor side_by_side(const std::vector<Tensor>& parts) {
  BANTAM_ASSERT(!parts.empty());
  const Tensor& first = parts.front();
  size_t cols = 0;
  bool learns = false;
  for (const Tensor& part : parts) {
    require(part.rows() == first.rows(), ErrorCode::invalid, "side_by_side: {} rows beside {}", part.rows(),
            first.rows());
    cols += part.cols(), learns |= part.needs_gradient();
  }
  Output y(first.rows(), cols, first.dtype(), first.device());
  size_t at = 0;
  for (const Tensor& part : parts) {
    copy(first.device(), part.mat(), y.mat().slice_cols(at, part.cols()));
    at += part.cols();
  }
  return record(
      "side_by_side", std::move(y), {},
      [parts](Sink& sink, const Tensor& dy) {
        size_t begin = 0;
        for (const Tensor& part : parts) {
          if (sink.wants(part)) sink.pass(part, dy.columns(begin, part.cols()));
          begin += part.cols();
        }
      },
      learns);
}

}  // namespace bantam
