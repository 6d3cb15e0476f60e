#include "ops/embedding.h"

#include <algorithm>
#include <vector>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr size_t kColumnsPerTask = 64;

template <class T>
void gather(ConstMat table, std::span<const int32_t> ids, Mat y) {
  parallel_blocks(ids.size(), kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      T* y_D = y.row<T>(t);
      if (ids[t] < 0)
        std::fill_n(y_D, y.cols, T(0));
      else
        std::copy_n(table.row<T>(static_cast<size_t>(ids[t])), y.cols, y_D);
    }
  });
}

// A task owns columns, so rows that share an id are added in the order of their positions.
template <class T>
void scatter(ConstMat dy, std::span<const int32_t> ids, Mat dtable) {
  parallel_blocks(dy.cols, kColumnsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = 0; t < ids.size(); ++t) {
      if (ids[t] < 0) continue;
      const T* dy_D = dy.row<T>(t);
      T* d = dtable.row<T>(static_cast<size_t>(ids[t]));
      for (size_t i = begin; i < end; ++i) d[i] += dy_D[i];
    }
  });
}

constinit Kernel<void(ConstMat, std::span<const int32_t>, Mat)> gather_kernel{"embedding", gather<float>,
                                                                              gather<double>};
constinit Kernel<void(ConstMat, std::span<const int32_t>, Mat)> scatter_kernel{"embedding backward", scatter<float>,
                                                                               scatter<double>};

}  // namespace

Tensor embedding(Weight& table, std::span<const int32_t> ids) {
  for (size_t t = 0; t < ids.size(); ++t)
    require(ids[t] >= -1 && ids[t] < static_cast<int64_t>(table.rows), ErrorCode::invalid,
            "embedding: id {} at position {} is outside the vocabulary of {}", ids[t], t, table.rows);
  Output y(ids.size(), table.cols, table.master.dtype(), table.device());
  gather_kernel(table.device(), table.master.mat(), ids, y.mat());
  return record(
      "embedding", std::move(y), {},
      [&table, kept = std::vector<int32_t>(ids.begin(), ids.end())](Sink& sink, const Tensor& dy) {
        const GradientTarget target = sink.into(table);
        if (!target.accumulate) fill_zero(dy.device(), target.mat);
        scatter_kernel(dy.device(), dy.mat(), kept, target.mat);
      },
      table.trains());
}

}  // namespace bantam
