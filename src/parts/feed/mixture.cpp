// A mixture of experts: each token goes to a few of many gated feed-forwards.
//   Shazeer et al. 2017 (arXiv:1701.06538); balance loss: Fedus et al. 2021 (arXiv:2101.03961); choice by score plus a bias
//   that evens out the load: DeepSeek-V3 (arXiv:2412.19437); experts by a hash of the token: Roller et al. 2021
//   (arXiv:2106.04426).
// Dimensions:  T tokens of the pass, packed   D width   F hidden width   E experts   K experts a token   S slots
#include <algorithm>

#include "nn/linear.h"
#include "ops/elementwise.h"
#include "ops/grouped_linear.h"
#include "ops/mixture.h"
#include "parts/register.h"
#include "tensor/tape.h"

namespace bantam {

inline std::vector<std::string> names(const Scoring*) { return {"softmax", "sigmoid", "sqrt_softplus"}; }

namespace {

struct MixtureConfig {
  int64_t width = 0, experts = 4, per_token = 1, shared = 0;
  Scoring scoring = Scoring::softmax;
  bool normalize = false, hashed = false, biased = false;
  double scale = 1, balance_weight = 0.01, bias_rate = 1e-3, initial_deviation = 0;
};

Schema schema(const MixtureConfig*) {
  using C = MixtureConfig;
  return describe<C>(
      "Mixture of experts, each a gated feed-forward.",
      field<&C::width>("F, hidden width of one expert.", range(1, 1 << 20), required()),
      field<&C::experts>("E, experts.", range(2, 1024)),
      field<&C::per_token>("K, experts of a token.", range(1, 1024)),
      field<&C::shared>("Experts that every token goes to, as one feed-forward of their widths together.",
                        range(0, 64)),
      field<&C::scoring>("How the router's logits become scores."),
      field<&C::normalize>("A token's weights are divided by their sum."),
      field<&C::scale>("Multiplies the weights.", range(0, 1000)),
      field<&C::hashed>("The token's id alone chooses its experts; their weights are still the router's."),
      field<&C::balance_weight>(
          "Of the loss that evens out the load; it is averaged over the steps of a loop.", range(0, 10)),
      field<&C::biased>(
          "Experts are chosen by score plus a bias, which learns from the load and not from the gradient."),
      field<&C::bias_rate>("A step's change of that bias, towards an even load.", range(0, 1)),
      field<&C::initial_deviation>(
          "Standard deviation of projections and router in a new model; 0: Glorot's uniform ones.",
          range(0, 10)),
      rule<C>([](const C& c) { return c.per_token <= c.experts; },
              "per_token is more than there are experts"),
      rule<C>([](const C& c) { return c.biased || c.bias_rate == C().bias_rate; },
              "bias_rate is of a bias that is not there; wanted biased: true with it"));
}

// After a step: an expert that had more rows than the mean becomes less likely to be chosen, and the other way round.
void even_out(Weight& bias, const std::vector<double>& counts, double rate) {
  double mean = 0;
  for (const double count : counts) mean += count / static_cast<double>(counts.size());
  float* values = bias.writable().row<float>(0);
  for (size_t e = 0; e < counts.size(); ++e)
    if (counts[e] != mean) values[e] += static_cast<float>(counts[e] < mean ? rate : -rate);
  bias.changed();
}

class Mixture final : public Branch {
 public:
  Mixture(const Build& parent, const PartContext& context, const MixtureConfig& c, const std::string&)
      : config_(c), width_(static_cast<size_t>(c.width)), loop_steps_(context.loop_steps) {
    const Build b = parent / "mlp";
    const size_t experts = static_cast<size_t>(c.experts);
    std::vector<Build::Rows> gate_up, down;
    std::vector<std::string> names;
    for (size_t e = 0; e < experts; ++e)
      for (const char* map : {"gate_proj", "up_proj", "down_proj"})
        names.push_back(fmt::format("experts.{}.{}", e, map));
    for (size_t e = 0; e < experts; ++e) {
      gate_up.push_back({names[3 * e], width_});
      gate_up.push_back({names[3 * e + 1], width_});
      down.push_back({names[3 * e + 2], context.width});
    }
    const Initial initial = Initial::deviating(c.initial_deviation);
    router_ = Linear(b, "router", context.width, experts, false, initial);
    gate_up_ = &b.matrix(gate_up, context.width, initial);
    down_ = &b.matrix(down, width_, initial);
    if (c.shared > 0) {
      shared_width_ = width_ * static_cast<size_t>(c.shared);
      shared_in_ = Linear(b / "shared_experts", {{"gate_proj", shared_width_}, {"up_proj", shared_width_}},
                          context.width, false, initial);
      shared_out_ = Linear(b / "shared_experts", "down_proj", shared_width_, context.width, false, initial);
    }
    if (c.biased && !c.hashed)
      bias_ = &b.buffer("router.bias", experts,
                        [rate = c.bias_rate](Weight& bias, const std::vector<double>& counts) {
                          even_out(bias, counts, rate);
                        });
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const Tensor scores_TE = expert_scores(
        router_(x_TD, x_TD.device() == Device::reference ? Dtype::f64 : Dtype::f32), config_.scoring);
    const size_t per_token = static_cast<size_t>(config_.per_token), experts = scores_TE.cols();
    const Routing routing(x_TD.rows(), per_token, experts,
                          config_.hashed ? hashed_experts(pass.token_ids(), experts, per_token)
                                         : best_experts(scores_TE, bias_, per_token),
                          Tape::current() != nullptr);
    pass.observe("experts", routing.experts, per_token);
    const Load load(routing, pass.token_ids());
    if (bias_ != nullptr) pass.tally(*bias_, load.counts);
    if (config_.balance_weight > 0 && !config_.hashed)
      pass.penalty("moe_aux",
                   balance_loss(scores_TE, load,
                                config_.balance_weight * pass.share / static_cast<double>(loop_steps_)),
                   config_.balance_weight);

    const Tensor both = grouped_linear(to_slots(x_TD, routing), *gate_up_, routing);
    const Tensor inner = swiglu(both.columns(0, width_), both.columns(width_, width_));
    const Tensor out =
        from_slots(grouped_linear(inner, *down_, routing),
                   expert_weights(scores_TE, routing, config_.normalize, config_.scale), routing);
    if (config_.shared == 0) return out;
    const Tensor shared = shared_in_(x_TD);
    return add(out, shared_out_(swiglu(shared.columns(0, shared_width_),
                                       shared.columns(shared_width_, shared_width_))));
  }

 private:
  MixtureConfig config_;
  size_t width_, loop_steps_, shared_width_ = 0;
  Linear router_, shared_in_, shared_out_;
  Weight *gate_up_ = nullptr, *down_ = nullptr, *bias_ = nullptr;
};

const bool registered = register_part<MixtureConfig, Mixture>(
    feeds(), "mixture",
    {R"({"width": 20})",
     R"({"width": 12, "experts": 5, "per_token": 2, "shared": 1, "scoring": "sqrt_softplus", "normalize": true,
         "biased": true})",
     R"({"width": 12, "experts": 3, "per_token": 2, "scoring": "sigmoid", "scale": 1.5, "hashed": true})"});

}  // namespace
}  // namespace bantam
