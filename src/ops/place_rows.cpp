#include "ops/place_rows.h"

#include <vector>

#include "tensor/copy.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

// The rows of dy that no other row took the place of.
void rest_of(const Tensor& dy, const std::vector<size_t>& rows, const GradientTarget& dx) {
  size_t begin = 0;
  const auto copy_until = [&](size_t end) {
    if (end > begin)
      copy(dy.device(), dy.mat().slice_rows(begin, end - begin), dx.mat.slice_rows(begin, end - begin),
           dx.accumulate);
  };
  for (const size_t row : rows) {
    copy_until(row);
    if (!dx.accumulate) fill_zero(dy.device(), dx.mat.slice_rows(row, 1));
    begin = row + 1;
  }
  copy_until(dy.rows());
}

}  // namespace

Tensor place_rows(const Tensor& x, const Tensor& v, std::span<const size_t> rows) {
  require(v.rows() == rows.size() && v.cols() == x.cols() && v.dtype() == x.dtype(), ErrorCode::invalid,
          "place_rows: {} × {} of {} to place at {} rows of {} × {} of {}", v.rows(), v.cols(),
          name_of(v.dtype()), rows.size(), x.rows(), x.cols(), name_of(x.dtype()));
  for (size_t i = 0; i < rows.size(); ++i)
    require(rows[i] < x.rows() && (i == 0 || rows[i - 1] < rows[i]), ErrorCode::invalid,
            "place_rows: row {} of {} after row {}; want rising rows of the input", rows[i], x.rows(),
            i == 0 ? 0 : rows[i - 1]);
  Output y = like(x);
  copy(x.device(), x.mat(), y.mat());
  for (size_t i = 0; i < rows.size(); ++i)
    copy(x.device(), v.mat().slice_rows(i, 1), y.mat().slice_rows(rows[i], 1));
  return record("place_rows", std::move(y), {&x, &v},
                [x, v, rows = std::vector<size_t>(rows.begin(), rows.end())](Sink& sink, const Tensor& dy) {
                  if (sink.wants(x)) rest_of(dy, rows, sink.into(x));
                  if (!sink.wants(v)) return;
                  const GradientTarget dv = sink.into(v);
                  for (size_t i = 0; i < rows.size(); ++i)
                    copy(dy.device(), dy.mat().slice_rows(rows[i], 1), dv.mat.slice_rows(i, 1),
                         dv.accumulate);
                });
}

}  // namespace bantam
