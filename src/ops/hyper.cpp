#include "ops/hyper.h"

#include <cmath>

#include "base/threads.h"
#include "ops/row_sums.h"
#include "tensor/copy.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/hyper.cpp"
#include "simd/foreach_target.h"

HWY_BEFORE_NAMESPACE();
namespace bantam::HWY_NAMESPACE {
namespace {

// y[t] = Σ_j read_j X_j
void read(ConstMat stream, ConstMat gates, Mat y) {
  parallel_blocks(y.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t) {
      const float *x = stream.row<float>(t), *g = gates.row<float>(gates.rows == 1 ? 0 : t);
      float* out = y.row<float>(t);
      for (size_t j = 0; j < gates.cols; ++j)
        map_into(
            y.cols, out, j > 0, [w = set(g[j])](V v) HWY_ATTR { return hn::Mul(w, v); }, x + j * y.cols);
    }
  });
}

// dX_j = read_j dy, dread_j = ⟨dy, X_j⟩
void read_backward(ConstMat dy, ConstMat stream, ConstMat gates, Mat dstream, bool add_dstream, Mat dgates,
                   bool add_dgates) {
  const size_t width = dy.cols;
  const bool shared = gates.rows == 1;
  sum_over_rows(dy.rows, shared ? dgates : Mat(), add_dgates, [&](size_t t, float* partial) HWY_ATTR {
    const float *x = stream.row<float>(t), *d = dy.row<float>(t), *g = gates.row<float>(shared ? 0 : t);
    for (size_t j = 0; j < gates.cols; ++j) {
      if (dstream.data != nullptr)
        map_into(
            width, dstream.row<float>(t) + j * width, add_dstream,
            [w = set(g[j])](V v) HWY_ATTR { return hn::Mul(w, v); }, d);
      if (dgates.data == nullptr) continue;
      const float slope = sum(
          width, [](V a, V b) HWY_ATTR { return hn::Mul(a, b); }, d, x + j * width);
      if (shared)
        partial[j] += slope;
      else
        dgates.row<float>(t)[j] = (add_dgates ? dgates.row<float>(t)[j] : 0) + slope;
    }
  });
}

// X'_j = write_j y + Σ_i mix_ij X_i
void write(ConstMat stream, ConstMat y, ConstMat gates, size_t n, Mat next) {
  const size_t width = y.cols;
  dispatch(y.dtype, [&]<class Y>() {
    parallel_blocks(y.rows, kRowsPerTask, [&](size_t begin, size_t end) {
      for (size_t t = begin; t < end; ++t) {
        const float *x = stream.row<float>(t), *g = gates.row<float>(gates.rows == 1 ? 0 : t);
        for (size_t j = 0; j < n; ++j) {
          float* out = next.row<float>(t) + j * width;
          map(
              width, out, [w = set(g[j])](V v) HWY_ATTR { return hn::Mul(w, v); }, y.row<Y>(t));
          for (size_t i = 0; i < n; ++i)
            map(
                width, out,
                [m = set(g[n + i * n + j])](V sum, V v) HWY_ATTR { return hn::MulAdd(m, v, sum); },
                static_cast<const float*>(out), x + i * width);
        }
      }
    });
  });
}

// dy = Σ_j write_j dX'_j,  dX_i = Σ_j mix_ij dX'_j,  dwrite_j = ⟨dX'_j, y⟩,  dmix_ij = ⟨X_i, dX'_j⟩
void write_backward(ConstMat dnext, ConstMat stream, ConstMat y, ConstMat gates, size_t n, Mat dstream,
                    bool add_dstream, Mat dy, bool add_dy, Mat dgates, bool add_dgates) {
  const size_t width = y.cols;
  const bool shared = gates.rows == 1;
  const auto dot = [](V a, V b) HWY_ATTR { return hn::Mul(a, b); };
  dispatch(y.dtype, [&]<class Y>() {
    sum_over_rows(y.rows, shared ? dgates : Mat(), add_dgates, [&](size_t t, float* partial) HWY_ATTR {
      const float *x = stream.row<float>(t), *d = dnext.row<float>(t), *g = gates.row<float>(shared ? 0 : t);
      const auto add_gate = [&](size_t at, float slope) {
        float& to = shared ? partial[at] : dgates.row<float>(t)[at];
        to = (shared || add_dgates ? to : 0) + slope;
      };
      for (size_t j = 0; j < n; ++j) {
        const float* d_j = d + j * width;
        if (dy.data != nullptr)
          map_into(
              width, dy.row<Y>(t), add_dy || j > 0, [w = set(g[j])](V v) HWY_ATTR { return hn::Mul(w, v); },
              d_j);
        if (dgates.data != nullptr) add_gate(j, sum(width, dot, d_j, y.row<Y>(t)));
        for (size_t i = 0; i < n; ++i) {
          if (dstream.data != nullptr)
            map_into(
                width, dstream.row<float>(t) + i * width, add_dstream || j > 0,
                [m = set(g[n + i * n + j])](V v) HWY_ATTR { return hn::Mul(m, v); }, d_j);
          if (dgates.data != nullptr) add_gate(n + i * n + j, sum(width, dot, x + i * width, d_j));
        }
      }
    });
  });
}

}  // namespace
}  // namespace bantam::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace bantam {
namespace {

HWY_EXPORT(read);
HWY_EXPORT(read_backward);
HWY_EXPORT(write);
HWY_EXPORT(write_backward);

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// The gates are few, so both devices compute them in f64.
class Sinkhorn {
 public:
  explicit Sinkhorn(const HyperShape& shape)
      : n_(shape.streams), rounds_(2 * shape.iterations - 1), eps_(shape.eps) {
    stages_.resize((rounds_ + 1) * n_ * n_);
    sums_.resize(rounds_ * n_);
  }
  template <class T>
  const double* forward(const T* z) {
    double* m = stages_.data();
    for (size_t i = 0; i < n_; ++i) {
      double top = z[i * n_], total = 0;
      for (size_t j = 1; j < n_; ++j) top = std::max(top, static_cast<double>(z[i * n_ + j]));
      for (size_t j = 0; j < n_; ++j)
        total += m[i * n_ + j] = std::exp(static_cast<double>(z[i * n_ + j]) - top);
      for (size_t j = 0; j < n_; ++j) m[i * n_ + j] = m[i * n_ + j] / total + eps_;
    }
    for (size_t round = 0; round < rounds_; ++round, m += n_ * n_) {
      double* sums = &sums_[round * n_];
      std::fill_n(sums, n_, eps_);
      for (size_t i = 0; i < n_; ++i)
        for (size_t j = 0; j < n_; ++j) sums[line(round, i, j)] += m[i * n_ + j];
      for (size_t i = 0; i < n_; ++i)
        for (size_t j = 0; j < n_; ++j) m[n_ * n_ + i * n_ + j] = m[i * n_ + j] / sums[line(round, i, j)];
    }
    return m;
  }
  // d: ∂L/∂mix, [n, n]; becomes ∂L/∂z. After forward.
  void backward(double* d) {
    std::vector<double> along(n_);
    for (size_t round = rounds_; round-- > 0;) {  // y = m / Σ:  dm = (dy − Σ dy y) / Σ
      const double *y = &stages_[(round + 1) * n_ * n_], *sums = &sums_[round * n_];
      std::fill(along.begin(), along.end(), 0.0);
      for (size_t i = 0; i < n_; ++i)
        for (size_t j = 0; j < n_; ++j) along[line(round, i, j)] += d[i * n_ + j] * y[i * n_ + j];
      for (size_t i = 0; i < n_; ++i)
        for (size_t j = 0; j < n_; ++j)
          d[i * n_ + j] = (d[i * n_ + j] - along[line(round, i, j)]) / sums[line(round, i, j)];
    }
    for (size_t i = 0; i < n_; ++i) {
      double total = 0;
      for (size_t j = 0; j < n_; ++j) total += d[i * n_ + j] * (stages_[i * n_ + j] - eps_);
      for (size_t j = 0; j < n_; ++j) d[i * n_ + j] = (d[i * n_ + j] - total) * (stages_[i * n_ + j] - eps_);
    }
  }

 private:
  // Even rounds divide by the sums of columns, odd ones by those of rows.
  static size_t line(size_t round, size_t i, size_t j) { return round % 2 == 0 ? j : i; }
  size_t n_, rounds_;
  double eps_;
  std::vector<double> stages_, sums_;
};

template <class T>
void gates_forward(ConstMat z, const HyperShape& shape, Mat gates) {
  const size_t n = shape.streams;
  parallel_blocks(z.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    Sinkhorn sinkhorn(shape);
    for (size_t t = begin; t < end; ++t) {
      const T* in = z.row<T>(t);
      T* out = gates.row<T>(t);
      for (size_t j = 0; j < n; ++j) {
        out[j] = static_cast<T>(sigmoid(in[j]) + shape.eps);
        out[n + j] = static_cast<T>(2 * sigmoid(in[n + j]));
      }
      const double* mix = sinkhorn.forward(in + 2 * n);
      for (size_t i = 0; i < n * n; ++i) out[2 * n + i] = static_cast<T>(mix[i]);
    }
  });
}

template <class T>
void gates_backward(ConstMat dgates, ConstMat z, const HyperShape& shape, Mat dz, bool add_dz) {
  const size_t n = shape.streams;
  parallel_blocks(z.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    Sinkhorn sinkhorn(shape);
    std::vector<double> d(shape.gates());
    for (size_t t = begin; t < end; ++t) {
      const T *in = z.row<T>(t), *given = dgates.row<T>(t);
      for (size_t j = 0; j < 2 * n; ++j) {
        const double s = sigmoid(in[j]);
        d[j] = given[j] * (j < n ? 1 : 2) * s * (1 - s);
      }
      std::copy_n(given + 2 * n, n * n, &d[2 * n]);
      sinkhorn.forward(in + 2 * n);
      sinkhorn.backward(&d[2 * n]);
      for (size_t i = 0; i < d.size(); ++i)
        dz.row<T>(t)[i] = (add_dz ? dz.row<T>(t)[i] : T(0)) + static_cast<T>(d[i]);
    }
  });
}

namespace reference {

const double* gates_of(ConstMat gates, size_t t) { return gates.row<double>(gates.rows == 1 ? 0 : t); }
double* gradient_of(Mat dgates, size_t t, bool add) {
  double* d = dgates.row<double>(dgates.rows == 1 ? 0 : t);
  if (!add && (dgates.rows > 1 || t == 0)) std::fill_n(d, dgates.cols, 0.0);
  return d;
}

void read(ConstMat stream, ConstMat gates, Mat y) {
  for (size_t t = 0; t < y.rows; ++t)
    for (size_t d = 0; d < y.cols; ++d) {
      double sum = 0;
      for (size_t j = 0; j < gates.cols; ++j)
        sum += gates_of(gates, t)[j] * stream.row<double>(t)[j * y.cols + d];
      y.row<double>(t)[d] = sum;
    }
}

void read_backward(ConstMat dy, ConstMat stream, ConstMat gates, Mat dstream, bool add_dstream, Mat dgates,
                   bool add_dgates) {
  for (size_t t = 0; t < dy.rows; ++t) {
    double* dg = dgates.data == nullptr ? nullptr : gradient_of(dgates, t, add_dgates);
    for (size_t j = 0; j < gates.cols; ++j)
      for (size_t c = 0; c < dy.cols; ++c) {
        const double d = dy.row<double>(t)[c];
        const size_t at = j * dy.cols + c;
        if (dg != nullptr) dg[j] += d * stream.row<double>(t)[at];
        if (dstream.data == nullptr) continue;
        double& to = dstream.row<double>(t)[at];
        to = (add_dstream ? to : 0) + gates_of(gates, t)[j] * d;
      }
  }
}

void write(ConstMat stream, ConstMat y, ConstMat gates, size_t n, Mat next) {
  for (size_t t = 0; t < y.rows; ++t)
    for (size_t j = 0; j < n; ++j)
      for (size_t d = 0; d < y.cols; ++d) {
        const double* g = gates_of(gates, t);
        double sum = g[j] * y.row<double>(t)[d];
        for (size_t i = 0; i < n; ++i) sum += g[n + i * n + j] * stream.row<double>(t)[i * y.cols + d];
        next.row<double>(t)[j * y.cols + d] = sum;
      }
}

void write_backward(ConstMat dnext, ConstMat stream, ConstMat y, ConstMat gates, size_t n, Mat dstream,
                    bool add_dstream, Mat dy, bool add_dy, Mat dgates, bool add_dgates) {
  const size_t width = y.cols;
  for (size_t t = 0; t < y.rows; ++t) {
    const double *g = gates_of(gates, t), *d = dnext.row<double>(t), *x = stream.row<double>(t);
    double* dg = dgates.data == nullptr ? nullptr : gradient_of(dgates, t, add_dgates);
    for (size_t c = 0; c < width; ++c) {
      double to_y = 0;
      for (size_t j = 0; j < n; ++j) {
        to_y += g[j] * d[j * width + c];
        if (dg != nullptr) dg[j] += d[j * width + c] * y.row<double>(t)[c];
        if (dg != nullptr)
          for (size_t i = 0; i < n; ++i) dg[n + i * n + j] += x[i * width + c] * d[j * width + c];
      }
      if (dy.data != nullptr) dy.row<double>(t)[c] = (add_dy ? dy.row<double>(t)[c] : 0) + to_y;
      for (size_t i = 0; i < n && dstream.data != nullptr; ++i) {
        double& to = dstream.row<double>(t)[i * width + c];
        if (!add_dstream) to = 0;
        for (size_t j = 0; j < n; ++j) to += g[n + i * n + j] * d[j * width + c];
      }
    }
  }
}

}  // namespace reference

struct Runs {
  std::vector<size_t> of;  // column → run
};

template <class T>
void scale_runs_forward(ConstMat x, const Runs& runs, ConstMat scale, ConstMat base, Mat y) {
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t c = 0; c < x.cols; ++c)
      y.row<T>(t)[c] = x.row<T>(t)[c] * scale.row<T>(0)[runs.of[c]] + base.row<T>(0)[c];
}

template <class T>
void scale_runs_backward(ConstMat dy, ConstMat x, const Runs& runs, ConstMat scale, Mat dx, bool add_dx,
                         Mat dscale, Mat dbase) {
  std::vector<double> by_scale(scale.cols), by_base(x.cols);
  for (size_t t = 0; t < x.rows; ++t)
    for (size_t c = 0; c < x.cols; ++c) {
      const T d = dy.row<T>(t)[c];
      if (dx.data != nullptr)
        dx.row<T>(t)[c] = (add_dx ? dx.row<T>(t)[c] : T(0)) + d * scale.row<T>(0)[runs.of[c]];
      by_scale[runs.of[c]] += static_cast<double>(d) * x.row<T>(t)[c];
      by_base[c] += d;
    }
  for (size_t g = 0; g < by_scale.size() && dscale.data != nullptr; ++g)
    dscale.row<T>(0)[g] += static_cast<T>(by_scale[g]);
  for (size_t c = 0; c < by_base.size() && dbase.data != nullptr; ++c)
    dbase.row<T>(0)[c] += static_cast<T>(by_base[c]);
}

using Gate = Kernel<void(ConstMat, const HyperShape&, Mat)>;
constinit Gate gates_kernel{"hyper_gates", gates_forward<float>, gates_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, const HyperShape&, Mat, bool)> gates_backward_kernel{
    "hyper_gates backward", gates_backward<float>, gates_backward<double>};
constinit Kernel<void(ConstMat, ConstMat, Mat)> read_kernel{"hyper_read", BANTAM_DISPATCH(read),
                                                            reference::read};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Mat, bool, Mat, bool)> read_backward_kernel{
    "hyper_read backward", BANTAM_DISPATCH(read_backward), reference::read_backward};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, size_t, Mat)> write_kernel{
    "hyper_write", BANTAM_DISPATCH(write), reference::write};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, ConstMat, size_t, Mat, bool, Mat, bool, Mat, bool)>
    write_backward_kernel{"hyper_write backward", BANTAM_DISPATCH(write_backward), reference::write_backward};
constinit Kernel<void(ConstMat, const Runs&, ConstMat, ConstMat, Mat)> scale_runs_kernel{
    "scale_runs", scale_runs_forward<float>, scale_runs_forward<double>};
constinit Kernel<void(ConstMat, ConstMat, const Runs&, ConstMat, Mat, bool, Mat, Mat)>
    scale_runs_backward_kernel{"scale_runs backward", scale_runs_backward<float>,
                               scale_runs_backward<double>};

// A weight's gradient that always adds: zero when nothing was there.
Mat adding_into(Sink& sink, Weight& weight, Device device) {
  if (!weight.trains()) return {};
  const GradientTarget target = sink.into(weight);
  if (!target.accumulate) fill_zero(device, target.mat);
  return target.mat;
}

}  // namespace

Tensor row_of(const std::vector<Weight*>& vectors) {
  const Weight& first = *vectors.front();
  size_t size = 0;
  bool learns = false;
  for (const Weight* w : vectors) size += w->count(), learns |= w->trains();
  Output row(1, size, first.master.dtype(), first.device());
  size_t at = 0;
  for (const Weight* w : vectors) {
    copy(w->device(), w->master.mat(), row.mat().slice_cols(at, w->count()));
    at += w->count();
  }
  return record(
      "row_of", std::move(row), {},
      [vectors](Sink& sink, const Tensor& dy) {
        size_t begin = 0;
        for (Weight* w : vectors) {
          if (w->trains()) {
            const GradientTarget target = sink.into(*w);
            copy(dy.device(), dy.columns(begin, w->count()).mat(), target.mat, target.accumulate);
          }
          begin += w->count();
        }
      },
      learns);
}

Tensor scale_runs(const Tensor& x, const std::vector<size_t>& widths, Weight& scale, Weight& base) {
  Runs runs;
  for (size_t g = 0; g < widths.size(); ++g) runs.of.insert(runs.of.end(), widths[g], g);
  require(runs.of.size() == x.cols() && scale.count() == widths.size() && base.count() == x.cols(),
          ErrorCode::invalid, "scale_runs: {} columns in {} runs of {} in all, base {}", x.cols(),
          widths.size(), runs.of.size(), base.count());
  Output y = like(x);
  scale_runs_kernel(x.device(), x.mat(), runs, scale.master.mat(), base.master.mat(), y.mat());
  return record(
      "scale_runs", std::move(y), {&x},
      [x, runs, &scale, &base](Sink& sink, const Tensor& dy) {
        const GradientTarget dx = sink.into_wanted(x);
        scale_runs_backward_kernel(dy.device(), dy.mat(), x.mat(), runs, scale.master.mat(), dx.mat,
                                   dx.accumulate, adding_into(sink, scale, dy.device()),
                                   adding_into(sink, base, dy.device()));
      },
      scale.trains() || base.trains());
}

Tensor hyper_gates(const Tensor& z, const HyperShape& shape) {
  require(z.cols() == shape.gates(), ErrorCode::invalid, "hyper_gates: {} columns, wanted {} for {} streams",
          z.cols(), shape.gates(), shape.streams);
  Output gates = like(z);
  gates_kernel(z.device(), z.mat(), shape, gates.mat());
  return record("hyper_gates", std::move(gates), {&z}, [z, shape](Sink& sink, const Tensor& dgates) {
    const GradientTarget dz = sink.into(z);
    gates_backward_kernel(dgates.device(), dgates.mat(), z.mat(), shape, dz.mat, dz.accumulate);
  });
}

Tensor hyper_read(const Tensor& stream, const Tensor& gates) {
  require(stream.cols() % gates.cols() == 0 && (gates.rows() == 1 || gates.rows() == stream.rows()),
          ErrorCode::invalid, "hyper_read: streams [{}, {}] and gates [{}, {}] do not fit", stream.rows(),
          stream.cols(), gates.rows(), gates.cols());
  Output y(stream.rows(), stream.cols() / gates.cols(), stream.dtype(), stream.device());
  read_kernel(stream.device(), stream.mat(), gates.mat(), y.mat());
  count_flops(stream.device(), 2.0 * static_cast<double>(stream.rows() * stream.cols()));
  return record("hyper_read", std::move(y), {&stream, &gates}, [stream, gates](Sink& sink, const Tensor& dy) {
    const GradientTarget dstream = sink.into_wanted(stream), dgates = sink.into_wanted(gates);
    read_backward_kernel(dy.device(), dy.mat(), stream.mat(), gates.mat(), dstream.mat, dstream.accumulate,
                         dgates.mat, dgates.accumulate);
    count_flops(dy.device(), 4.0 * static_cast<double>(stream.rows() * stream.cols()));
  });
}

Tensor hyper_write(const Tensor& stream, const Tensor& y, const Tensor& gates, size_t streams) {
  require(stream.rows() == y.rows() && stream.cols() == streams * y.cols() &&
              gates.cols() == streams * (1 + streams) && (gates.rows() == 1 || gates.rows() == y.rows()),
          ErrorCode::invalid, "hyper_write: streams [{}, {}], branch [{}, {}] and gates [{}, {}] do not fit",
          stream.rows(), stream.cols(), y.rows(), y.cols(), gates.rows(), gates.cols());
  Output next = like(stream);
  write_kernel(stream.device(), stream.mat(), y.mat(), gates.mat(), streams, next.mat());
  const double products = static_cast<double>(y.rows() * y.cols() * streams * (1 + streams));
  count_flops(stream.device(), 2 * products);
  return record("hyper_write", std::move(next), {&stream, &y, &gates},
                [stream, y, gates, streams, products](Sink& sink, const Tensor& dnext) {
                  const GradientTarget dstream = sink.into_wanted(stream), dy = sink.into_wanted(y),
                                       dgates = sink.into_wanted(gates);
                  write_backward_kernel(dnext.device(), dnext.mat(), stream.mat(), y.mat(), gates.mat(),
                                        streams, dstream.mat, dstream.accumulate, dy.mat, dy.accumulate,
                                        dgates.mat, dgates.accumulate);
                  count_flops(dnext.device(), 4 * products);
                });
}

Tensor spread_streams(const Tensor& x, size_t streams) {
  Output y(x.rows(), streams * x.cols(), x.dtype(), x.device());
  for (size_t j = 0; j < streams; ++j) copy(x.device(), x.mat(), y.mat().slice_cols(j * x.cols(), x.cols()));
  return record("spread_streams", std::move(y), {&x}, [x, streams](Sink& sink, const Tensor& dy) {
    for (size_t j = 0; j < streams; ++j) sink.pass(x, dy.columns(j * x.cols(), x.cols()));
  });
}

}  // namespace bantam
#endif
