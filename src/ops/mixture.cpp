#include "ops/mixture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "base/threads.h"
#include "ops/row_sums.h"
#include "ops/softmax.h"
#include "tensor/kernel.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

constexpr size_t kFill = 32;

double score_of(double z, Scoring scoring) {
  if (scoring == Scoring::sigmoid) return 1 / (1 + std::exp(-z));
  return std::sqrt(std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))));
}
double slope_of(double z, double s, Scoring scoring) {
  if (scoring == Scoring::sigmoid) return s * (1 - s);
  return s > 0 ? 0.5 / s / (1 + std::exp(-z)) : 0;
}

// Scores are few, so both devices compute them in f64. A softmax is an op of its own.
template <class T>
void scores_in(ConstMat z, Scoring scoring, Mat s) {
  parallel_blocks(z.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      for (size_t e = 0; e < z.cols; ++e) s.row<T>(t)[e] = static_cast<T>(score_of(z.row<T>(t)[e], scoring));
  });
}

template <class T>
void scores_backward_in(ConstMat ds, ConstMat z, ConstMat s, Scoring scoring, Mat dz, bool add) {
  parallel_blocks(z.rows, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      for (size_t e = 0; e < z.cols; ++e) {
        const double slope = ds.row<T>(t)[e] * slope_of(z.row<T>(t)[e], s.row<T>(t)[e], scoring);
        T& to = dz.row<T>(t)[e];
        to = static_cast<T>((add ? static_cast<double>(to) : 0) + slope);
      }
  });
}

struct WeightRule {
  bool normalize;
  double scale;
};

template <class T>
double sum_of_chosen(const T* s, const int32_t* experts, size_t k) {
  double sum = 1e-20;
  for (size_t i = 0; i < k; ++i) sum += s[experts[i]];
  return sum;
}

template <class T>
void weights_in(ConstMat s, const Routing& r, WeightRule rule, Mat w) {
  for (size_t t = 0; t < r.tokens; ++t) {
    const int32_t* experts = &r.experts[t * r.per_token];
    const double over = rule.scale / (rule.normalize ? sum_of_chosen(s.row<T>(t), experts, r.per_token) : 1);
    for (size_t k = 0; k < r.per_token; ++k) w.row<T>(t)[k] = static_cast<T>(over * s.row<T>(t)[experts[k]]);
  }
}

// w_k = c s_k / Σ:  ds_k = (c dw_k − Σ_j dw_j w_j) / Σ.
template <class T>
void weights_backward_in(ConstMat dw, ConstMat s, const Routing& r, WeightRule rule, Mat ds, bool add) {
  for (size_t t = 0; t < r.tokens; ++t) {
    T* to = ds.row<T>(t);
    if (!add) std::fill_n(to, ds.cols, T(0));
    const int32_t* experts = &r.experts[t * r.per_token];
    const double sum = rule.normalize ? sum_of_chosen(s.row<T>(t), experts, r.per_token) : 1;
    double along = 0;
    for (size_t k = 0; k < r.per_token && rule.normalize; ++k)
      along += static_cast<double>(dw.row<T>(t)[k]) * rule.scale * s.row<T>(t)[experts[k]] / sum;
    for (size_t k = 0; k < r.per_token; ++k)
      to[experts[k]] += static_cast<T>((rule.scale * dw.row<T>(t)[k] - along) / sum);
  }
}

template <class X>
void to_slots_in(ConstMat x, const Routing& r, Mat y) {
  parallel_blocks(r.source.size(), kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i)
      if (r.source[i] < 0)
        std::fill_n(y.row<X>(i), y.cols, X(0));
      else
        std::copy_n(x.row<X>(static_cast<size_t>(r.source[i]) / r.per_token), y.cols, y.row<X>(i));
  });
}

template <class X, class Sum>
void to_slots_backward_in(ConstMat dy, const Routing& r, Mat dx, bool add) {
  parallel_blocks(r.tokens, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      for (size_t d = 0; d < dx.cols; ++d) {
        X& to = dx.row<X>(t)[d];
        Sum sum = add ? static_cast<Sum>(to) : Sum(0);
        for (size_t k = 0; k < r.per_token; ++k)
          sum += static_cast<Sum>(dy.row<X>(r.slot[t * r.per_token + k])[d]);
        to = static_cast<X>(sum);
      }
  });
}

template <class X, class Sum>
void from_slots_in(ConstMat x, ConstMat w, const Routing& r, Mat y) {
  parallel_blocks(r.tokens, kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t t = begin; t < end; ++t)
      for (size_t d = 0; d < y.cols; ++d) {
        Sum sum = 0;
        for (size_t k = 0; k < r.per_token; ++k)
          sum += w.row<Sum>(t)[k] * static_cast<Sum>(x.row<X>(r.slot[t * r.per_token + k])[d]);
        y.row<X>(t)[d] = static_cast<X>(sum);
      }
  });
}

// dx[slot] = w d_t (zeros in rows that fill up), dw[t, k] = ⟨d_t, x[slot]⟩
template <class X, class Sum>
void from_slots_backward_in(ConstMat dy, ConstMat x, ConstMat w, const Routing& r, Mat dx, bool add_dx,
                            Mat dw, bool add_dw) {
  parallel_blocks(r.source.size(), kRowsPerTask, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (r.source[i] < 0) {
        if (dx.data != nullptr && !add_dx) std::fill_n(dx.row<X>(i), dx.cols, X(0));
        continue;
      }
      const size_t t = static_cast<size_t>(r.source[i]) / r.per_token,
                   k = static_cast<size_t>(r.source[i]) % r.per_token;
      const Sum weight = w.row<Sum>(t)[k];
      Sum along = 0;
      for (size_t d = 0; d < dy.cols; ++d) {
        const Sum given = static_cast<Sum>(dy.row<X>(t)[d]);
        along += given * static_cast<Sum>(x.row<X>(i)[d]);
        if (dx.data == nullptr) continue;
        X& to = dx.row<X>(i)[d];
        to = static_cast<X>((add_dx ? static_cast<Sum>(to) : Sum(0)) + weight * given);
      }
      if (dw.data != nullptr) dw.row<Sum>(t)[k] = (add_dw ? dw.row<Sum>(t)[k] : Sum(0)) + along;
    }
  });
}

template <class T>
void balance_in(ConstMat s, const Load& load, double factor, Mat total) {
  double sum = 0;
  for (const size_t t : load.tokens) {
    const T* row = s.row<T>(t);
    const double all = std::accumulate(row, row + s.cols, 0.0);
    for (size_t e = 0; e < s.cols; ++e) sum += static_cast<double>(load.counts[e]) * row[e] / all;
  }
  *total.row<T>(0) =
      load.tokens.empty() ? T(0) : static_cast<T>(factor * static_cast<double>(s.cols) * sum / load.rows());
}

template <class T>
void balance_backward_in(ConstMat s, const Load& load, double factor, Mat ds, bool add) {
  if (!add)
    for (size_t t = 0; t < s.rows; ++t) std::fill_n(ds.row<T>(t), s.cols, T(0));
  const double scale = factor * static_cast<double>(s.cols) / load.rows();
  for (const size_t t : load.tokens) {
    const T* row = s.row<T>(t);
    const double all = std::accumulate(row, row + s.cols, 0.0);
    double mean = 0;
    for (size_t e = 0; e < s.cols; ++e) mean += static_cast<double>(load.counts[e]) * row[e] / all;
    for (size_t e = 0; e < s.cols; ++e) {
      T& to = ds.row<T>(t)[e];
      to = static_cast<T>(static_cast<double>(to) +
                          scale * (static_cast<double>(load.counts[e]) - mean) / all);
    }
  }
}

constinit Kernel<void(ConstMat, Scoring, Mat)> scores_kernel{"expert_scores", scores_in<float>,
                                                             scores_in<double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, Scoring, Mat, bool)> scores_backward_kernel{
    "expert_scores backward", scores_backward_in<float>, scores_backward_in<double>};
constinit Kernel<void(ConstMat, const Routing&, WeightRule, Mat)> weights_kernel{
    "expert_weights", weights_in<float>, weights_in<double>};
constinit Kernel<void(ConstMat, ConstMat, const Routing&, WeightRule, Mat, bool)> weights_backward_kernel{
    "expert_weights backward", weights_backward_in<float>, weights_backward_in<double>};
constinit Kernel<void(ConstMat, const Routing&, Mat)> to_slots_kernel{
    "to_slots",
    [](ConstMat x, const Routing& r, Mat y) {
      dispatch(x.dtype, [&]<class X>() { to_slots_in<X>(x, r, y); });
    },
    to_slots_in<double>};
constinit Kernel<void(ConstMat, const Routing&, Mat, bool)> to_slots_backward_kernel{
    "to_slots backward",
    [](ConstMat dy, const Routing& r, Mat dx, bool add) {
      dispatch(dx.dtype, [&]<class X>() { to_slots_backward_in<X, float>(dy, r, dx, add); });
    },
    to_slots_backward_in<double, double>};
constinit Kernel<void(ConstMat, ConstMat, const Routing&, Mat)> from_slots_kernel{
    "from_slots",
    [](ConstMat x, ConstMat w, const Routing& r, Mat y) {
      dispatch(x.dtype, [&]<class X>() { from_slots_in<X, float>(x, w, r, y); });
    },
    from_slots_in<double, double>};
constinit Kernel<void(ConstMat, ConstMat, ConstMat, const Routing&, Mat, bool, Mat, bool)>
    from_slots_backward_kernel{
        "from_slots backward",
        [](ConstMat dy, ConstMat x, ConstMat w, const Routing& r, Mat dx, bool add_dx, Mat dw, bool add_dw) {
          dispatch(x.dtype,
                   [&]<class X>() { from_slots_backward_in<X, float>(dy, x, w, r, dx, add_dx, dw, add_dw); });
        },
        from_slots_backward_in<double, double>};
constinit Kernel<void(ConstMat, const Load&, double, Mat)> balance_kernel{"balance_loss", balance_in<float>,
                                                                          balance_in<double>};
constinit Kernel<void(ConstMat, const Load&, double, Mat, bool)> balance_backward_kernel{
    "balance_loss backward", balance_backward_in<float>, balance_backward_in<double>};

}  // namespace

Routing::Routing(size_t token_count, size_t k, size_t experts_in_all, std::vector<int32_t> chosen,
                 bool training)
    : tokens(token_count),
      per_token(k),
      experts(std::move(chosen)),
      slot(tokens * k),
      first(experts_in_all),
      filled(experts_in_all),
      counts(experts_in_all) {
  BANTAM_ASSERT(experts.size() == tokens * k);
  const size_t fill = training ? kFill : 1, rows = experts.size();
  source.assign(training ? (rows + kFill - 1) / kFill * kFill + kFill * experts_in_all : rows, -1);
  for (const int32_t e : experts) ++counts[static_cast<size_t>(e)];
  std::vector<size_t> next(experts_in_all);
  size_t at = 0;
  for (size_t e = 0; e < experts_in_all; ++e) {
    first[e] = next[e] = at;
    filled[e] = (counts[e] + fill - 1) / fill * fill;
    at += filled[e];
  }
  for (size_t i = 0; i < rows; ++i) {
    const size_t to = next[static_cast<size_t>(experts[i])]++;
    source[to] = static_cast<int32_t>(i);
    slot[i] = static_cast<uint32_t>(to);
  }
}

std::vector<int32_t> best_experts(const Tensor& scores, const Weight* bias, size_t per_token) {
  const size_t tokens = scores.rows(), experts = scores.cols();
  std::vector<int32_t> chosen(tokens * per_token);
  if (scores.device() == Device::meta) {
    for (size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<int32_t>(i % experts);
    return chosen;
  }
  const bool f64 = scores.dtype() == Dtype::f64;
  const auto value = [f64](const ConstMat& m, size_t t, size_t e) {
    return f64 ? m.row<double>(t)[e] : static_cast<double>(m.row<float>(t)[e]);
  };
  std::vector<double> keys(experts);
  std::vector<int32_t> order(experts);
  for (size_t t = 0; t < tokens; ++t) {
    for (size_t e = 0; e < experts; ++e) {
      const double key = value(scores.mat(), t, e) + (bias == nullptr ? 0 : value(bias->master.mat(), 0, e));
      keys[e] = std::isnan(key) ? -HUGE_VAL : key;
    }
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + static_cast<ptrdiff_t>(per_token), order.end(),
                      [&](int32_t a, int32_t b) {
                        const double x = keys[static_cast<size_t>(a)], y = keys[static_cast<size_t>(b)];
                        return x != y ? x > y : a < b;
                      });
    std::copy_n(order.begin(), per_token, &chosen[t * per_token]);
  }
  return chosen;
}

std::vector<int32_t> hashed_experts(std::span<const int32_t> ids, size_t experts, size_t per_token) {
  std::vector<int32_t> chosen, list(experts);
  for (const int32_t id : ids) {
    std::iota(list.begin(), list.end(), 0);
    for (size_t j = 0; j < per_token; ++j) {
      const uint64_t draw = splitmix64(static_cast<uint64_t>(std::max(id, 0)) * per_token + j);
      std::swap(list[j], list[j + draw % (experts - j)]);
      chosen.push_back(list[j]);
    }
  }
  return chosen;
}

Tensor expert_scores(const Tensor& z, Scoring scoring) {
  if (scoring == Scoring::softmax) return softmax_rows(z);
  Output s = like(z), kept = like(z);
  scores_kernel(z.device(), z.mat(), scoring, s.mat());
  scores_kernel(z.device(), z.mat(), scoring, kept.mat());
  const Tensor s_kept = constant("the scores, for the way back", std::move(kept));
  return record("expert_scores", std::move(s), {&z}, [z, s_kept, scoring](Sink& sink, const Tensor& ds) {
    const GradientTarget dz = sink.into(z);
    scores_backward_kernel(ds.device(), ds.mat(), z.mat(), s_kept.mat(), scoring, dz.mat, dz.accumulate);
  });
}

Tensor expert_weights(const Tensor& scores, const Routing& routing, bool normalize, double scale) {
  const WeightRule rule{normalize, scale};
  Output w(routing.tokens, routing.per_token, scores.dtype(), scores.device());
  weights_kernel(scores.device(), scores.mat(), routing, rule, w.mat());
  return record(
      "expert_weights", std::move(w), {&scores}, [scores, routing, rule](Sink& sink, const Tensor& dw) {
        const GradientTarget ds = sink.into(scores);
        weights_backward_kernel(dw.device(), dw.mat(), scores.mat(), routing, rule, ds.mat, ds.accumulate);
      });
}

Tensor to_slots(const Tensor& x, const Routing& routing) {
  Output y(routing.source.size(), x.cols(), x.dtype(), x.device());
  to_slots_kernel(x.device(), x.mat(), routing, y.mat());
  return record("to_slots", std::move(y), {&x}, [x, routing](Sink& sink, const Tensor& dy) {
    const GradientTarget dx = sink.into(x);
    to_slots_backward_kernel(dy.device(), dy.mat(), routing, dx.mat, dx.accumulate);
  });
}

Tensor from_slots(const Tensor& x, const Tensor& weights, const Routing& routing) {
  Output y(routing.tokens, x.cols(), x.dtype(), x.device());
  from_slots_kernel(x.device(), x.mat(), weights.mat(), routing, y.mat());
  return record("from_slots", std::move(y), {&x, &weights},
                [x, weights, routing](Sink& sink, const Tensor& dy) {
                  const GradientTarget dx = sink.into_wanted(x);
                  const GradientTarget dw = sink.into_wanted(weights);
                  from_slots_backward_kernel(dy.device(), dy.mat(), x.mat(), weights.mat(), routing, dx.mat,
                                             dx.accumulate, dw.mat, dw.accumulate);
                });
}

Load::Load(const Routing& routing, std::span<const int32_t> ids) : counts(routing.counts.size()) {
  for (size_t t = 0; t < routing.tokens; ++t) {
    if (!ids.empty() && ids[t] < 0) continue;
    tokens.push_back(t);
    for (size_t k = 0; k < routing.per_token; ++k)
      ++counts[static_cast<size_t>(routing.experts[t * routing.per_token + k])];
  }
  chosen = tokens.size() * routing.per_token;
}

Tensor balance_loss(const Tensor& scores, const Load& load, double factor) {
  Output total(1, 1, scores.dtype(), scores.device());
  balance_kernel(scores.device(), scores.mat(), load, factor, total.mat());
  return record("balance_loss", std::move(total), {&scores},
                [scores, load, factor](Sink& sink, const Tensor&) {
                  const GradientTarget ds = sink.into(scores);
                  balance_backward_kernel(scores.device(), scores.mat(), load, factor, ds.mat, ds.accumulate);
                });
}

}  // namespace bantam
