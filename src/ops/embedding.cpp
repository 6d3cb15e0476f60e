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

struct Bags {
  std::span<const int32_t> rows;
  size_t per_token;
  std::span<const int32_t> of(size_t t) const { return rows.subspan(t * per_token, per_token); }
  double share(size_t t) const {
    size_t count = 0;
    for (const int32_t row : of(t)) count += row >= 0 ? 1 : 0;
    return count > 0 ? 1 / static_cast<double>(count) : 0;
  }
};

template <class T>
void gather_mean(ConstMat table, Bags bags, Mat y) {
  parallel_blocks(y.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      T* y_D = y.row<T>(t);
      std::fill_n(y_D, y.cols, T(0));
      for (const int32_t row : bags.of(t)) {
        if (row < 0) continue;
        const T* from = table.row<T>(static_cast<size_t>(row));
        for (size_t i = 0; i < y.cols; ++i) y_D[i] += from[i];
      }
      const T share = static_cast<T>(bags.share(t));
      for (size_t i = 0; i < y.cols; ++i) y_D[i] *= share;
    }
  });
}

template <class T>
void scatter_mean(ConstMat dy, Bags bags, Mat dtable) {
  parallel_blocks(dy.cols, kColumnsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = 0; t < dy.rows; ++t) {
      const T* dy_D = dy.row<T>(t);
      const T share = static_cast<T>(bags.share(t));
      for (const int32_t row : bags.of(t)) {
        if (row < 0) continue;
        T* d = dtable.row<T>(static_cast<size_t>(row));
        for (size_t i = begin; i < end; ++i) d[i] += share * dy_D[i];
      }
    }
  });
}

constinit Kernel<void(ConstMat, Bags, Mat)> gather_mean_kernel{"embedding_mean", gather_mean<float>,
                                                               gather_mean<double>};
constinit Kernel<void(ConstMat, Bags, Mat)> scatter_mean_kernel{"embedding_mean backward",
                                                                scatter_mean<float>, scatter_mean<double>};
constinit Kernel<void(ConstMat, std::span<const int32_t>, Mat)> gather_kernel{"embedding", gather<float>,
                                                                              gather<double>};
constinit Kernel<void(ConstMat, std::span<const int32_t>, Mat)> scatter_kernel{
    "embedding backward", scatter<float>, scatter<double>};

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

Tensor embedding_mean(Weight& table, std::span<const int32_t> rows, size_t per_token) {
  for (const int32_t row : rows)
    require(row >= -1 && row < static_cast<int64_t>(table.rows), ErrorCode::invalid,
            "embedding_mean: row {} is outside the table of {}", row, table.rows);
  Output y(rows.size() / per_token, table.cols, table.master.dtype(), table.device());
  gather_mean_kernel(table.device(), table.master.mat(), {rows, per_token}, y.mat());
  return record(
      "embedding_mean", std::move(y), {},
      [&table, kept = std::vector<int32_t>(rows.begin(), rows.end()), per_token](Sink& sink,
                                                                                 const Tensor& dy) {
        const GradientTarget target = sink.into(table);
        if (!target.accumulate) fill_zero(dy.device(), target.mat);
        scatter_mean_kernel(dy.device(), dy.mat(), {kept, per_token}, target.mat);
      },
      table.trains());
}

}  // namespace bantam
