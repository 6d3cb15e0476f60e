#include "ops/pick_rows.h"

#include <algorithm>
#include <vector>

#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam {

Tensor pick_rows(const Tensor& x, std::span<const size_t> rows, size_t at_least) {
  for (size_t i = 0; i < rows.size(); ++i)
    require(rows[i] < x.rows() && (i == 0 || rows[i - 1] < rows[i]), ErrorCode::invalid,
            "pick_rows: row {} of {} after row {}; want rising rows of the input", rows[i], x.rows(),
            i == 0 ? 0 : rows[i - 1]);
  Output y(std::max(rows.size(), at_least), x.cols(), x.dtype(), x.device());
  for (size_t i = 0; i < rows.size(); ++i)
    copy(x.device(), x.mat().slice_rows(rows[i], 1), y.mat().slice_rows(i, 1));
  if (rows.size() < y.mat().rows)
    fill_zero(x.device(), y.mat().slice_rows(rows.size(), y.mat().rows - rows.size()));
  return record("pick_rows", std::move(y), {&x},
                [x, rows = std::vector<size_t>(rows.begin(), rows.end())](Sink& sink, const Tensor& dy) {
                  const GradientTarget dx = sink.into(x);
                  if (!dx.accumulate) fill_zero(dy.device(), dx.mat);
                  for (size_t i = 0; i < rows.size(); ++i)
                    copy(dy.device(), dy.mat().slice_rows(i, 1), dx.mat.slice_rows(rows[i], 1), true);
                });
}

}  // namespace bantam
