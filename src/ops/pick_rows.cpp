#include "ops/pick_rows.h"

#include <vector>

#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam {

Tensor pick_rows(const Tensor& x, std::span<const size_t> rows, size_t at_least) {
  for (size_t i = 0; i < rows.size(); ++i)
    require(rows[i] < x.rows() && (i == 0 || rows[i - 1] < rows[i]), ErrorCode::invalid,
            "pick_rows: row {} of {} after row {}; want rising rows of the input", rows[i], x.rows(),
            i == 0 ? 0 : rows[i - 1]);
  BANTAM_ASSERT(!rows.empty() || at_least == 0);
  std::vector<size_t> from(rows.begin(), rows.end());
  if (from.size() < at_least) from.resize(at_least, from.back());
  Output y(from.size(), x.cols(), x.dtype(), x.device());
  for (size_t i = 0; i < from.size(); ++i)
    copy(x.device(), x.mat().slice_rows(from[i], 1), y.mat().slice_rows(i, 1));
  return record("pick_rows", std::move(y), {&x}, [x, from](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    if (!dx.accumulate) fill_zero(dy.device(), dx.mat);
    for (size_t i = 0; i < from.size(); ++i)
      copy(dy.device(), dy.mat().slice_rows(i, 1), dx.mat.slice_rows(from[i], 1), true);
  });
}

Tensor first_rows(const Tensor& x, size_t count) {
  BANTAM_ASSERT(count <= x.rows());
  if (count == x.rows()) return x;
  Output y(count, x.cols(), x.dtype(), x.device());
  copy(x.device(), x.mat().slice_rows(0, count), y.mat());
  return record("first_rows", std::move(y), {&x}, [x, count](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    copy(dy.device(), dy.mat(), dx.mat.slice_rows(0, count), dx.accumulate);
    if (!dx.accumulate) fill_zero(dy.device(), dx.mat.slice_rows(count, x.rows() - count));
  });
}

}  // namespace bantam
