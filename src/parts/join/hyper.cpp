// Hyper-connections: n residual streams; a branch reads a mix of them and is added to each, and the streams mix among
// themselves by a doubly stochastic matrix.
//   Zhu et al. 2024 (arXiv:2409.19606); manifold-constrained form: Xie et al. 2025 (arXiv:2512.24880).
// static: gates are learnt numbers. dynamic: they are computed from the streams of each token (DeepSeek-V4's form).
// Dimensions:  T tokens of the pass, packed   D width   n streams
#include <cmath>

#include "nn/linear.h"
#include "nn/norm.h"
#include "ops/elementwise.h"
#include "ops/hyper.h"
#include "ops/softmax.h"
#include "parts/register.h"
#include "parts/value_embedding.h"

namespace bantam {
namespace {

struct HyperConfig {
  int64_t streams = 2;
  bool dynamic = false;
  int64_t iterations = 20;
  double eps = 1e-6;
};

Schema schema(const HyperConfig*) {
  using C = HyperConfig;
  return describe<C>(
      "Hyper-connections: several residual streams with learnt mixes.",
      field<&C::streams>("n, streams; one would be the residual join.", range(2, HyperShape::kMostStreams)),
      field<&C::dynamic>("Gates depend on the token."),
      field<&C::iterations>("Of Sinkhorn's normalisation of the mix.", range(1, HyperShape::kMostIterations)),
      field<&C::eps>("Added to gates and to the sums they are divided by.", range(0, 0.1)));
}

// In a new model a branch reads mostly stream (site mod n), so that streams which start equal do not stay equal; it is
// added to every stream once, and the mix is close to the identity.
std::vector<double> first_logits(size_t n, size_t site) {
  const auto logit = [](double p) { return std::log(p / (1 - p)); };
  std::vector<double> values(2 * n, 0.0);
  for (size_t j = 0; j < n; ++j) values[j] = logit(j == site % n ? 0.88 : 0.12 / static_cast<double>(n - 1));
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j) values.push_back(i == j ? 4 : 0);
  return values;
}

class Hyper final : public Join {
 public:
  Hyper(const Build& parent, const PartContext& context, const HyperConfig& c, const std::string&)
      : shape_{static_cast<size_t>(c.streams), static_cast<size_t>(c.iterations), c.eps},
        value_(parent, context),
        norm_(parent, context.norm_before, context.width, context.norm, context.norm_eps) {
    const size_t n = shape_.streams;
    const std::vector<double> first = first_logits(n, 2 * context.layer + context.branch);
    const Build b = parent / (context.branch == 0 ? "hyper_mixer" : "hyper_feed");
    const auto part = [&](size_t begin, size_t count) {
      return Initial::list({first.begin() + static_cast<ptrdiff_t>(begin),
                            first.begin() + static_cast<ptrdiff_t>(begin + count)});
    };
    if (c.dynamic) {
      from_streams_ = &b.f32_matrix("fn", shape_.gates(), n * context.width, {Initial::normal, 0.02});
      base_ = &b.vector("base", shape_.gates(), part(0, shape_.gates()));
      scale_ = &b.vector("scale", 3, 0.01);
      unit_ = b.constant_vector(n * context.width, 1.0);
      eps_ = context.norm_eps;
    } else {
      logits_ = {&b.vector("pre", n, part(0, n)), &b.vector("post", n, part(n, n)),
                 &b.grid("comb", n, n, part(2 * n, n * n))};
    }
  }

  Tensor operator()(const Tensor& streams, const Branch& branch, Pass& pass) const override {
    const size_t n = shape_.streams;
    const Tensor gates =
        hyper_gates(from_streams_ == nullptr ? row_of(logits_) : token_logits(streams), shape_);
    const Tensor y =
        branch(norm_(value_(hyper_read(streams, gates.columns(0, n)), pass), pass.branch()), pass);
    return hyper_write(streams, y, gates.columns(n, n + n * n), n);
  }

 private:
  Tensor token_logits(const Tensor& streams) const {
    const size_t n = shape_.streams;
    const Tensor z = linear(rms_norm(streams, *unit_, eps_, streams.dtype()), *from_streams_);
    return scale_runs(z, {n, n, n * n}, *scale_, *base_);
  }

  HyperShape shape_;
  ValueEmbedding value_;
  Norm norm_;
  std::vector<Weight*> logits_;                                          // static
  Weight *from_streams_ = nullptr, *base_ = nullptr, *scale_ = nullptr;  // dynamic
  std::unique_ptr<Weight> unit_;
  float eps_ = 0;
};

class HyperEnds final : public StreamEnds {
 public:
  HyperEnds(const Build& b, const PartContext&, const HyperConfig& c, const std::string&)
      : streams_(static_cast<size_t>(c.streams)), mix_(&b.vector("stream_mix.weight", streams_, 0.0)) {}

  Tensor spread(const Tensor& x_TD) const override { return spread_streams(x_TD, streams_); }
  Tensor collapse(const Tensor& streams) const override {
    return hyper_read(streams, softmax_rows(row_of({mix_})));
  }

 private:
  size_t streams_;
  Weight* mix_;
};

const bool registered =
    register_part<HyperConfig, Hyper>(joins(), "hyper", {R"({})", R"({"streams": 3, "dynamic": true})"}) &&
    register_part<HyperConfig, HyperEnds>(stream_ends(), "hyper");

}  // namespace
}  // namespace bantam
