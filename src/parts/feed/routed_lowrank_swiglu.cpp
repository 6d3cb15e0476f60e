// A few thin experts: each token goes to the K likeliest of E gated feed-forwards whose projections are W = B A, and the
// router's probability multiplies what they give. No token is dropped.
//   Switch, K = 1, and its balance loss: Fedus et al. 2021 (arXiv:2101.03961, eq. 2, 4-6); router z-loss: Zoph et al. 2022
//   (arXiv:2202.08906, eq. 5).
// Dimensions:  T tokens of the pass, packed   D width   F hidden width   R rank   E experts   K experts a token
//   S slots: rows sorted by expert
#include "nn/linear.h"
#include "ops/elementwise.h"
#include "ops/grouped_linear.h"
#include "ops/router_z.h"
#include "parts/register.h"
#include "tensor/tape.h"

namespace bantam {
namespace {

struct RoutedLowrankSwigluConfig {
  int64_t width = 0, rank = 128, experts = 4, per_token = 1;
  double balance_weight = 0.01, router_z_weight = 1e-3, initial_deviation = 0;
};

Schema schema(const RoutedLowrankSwigluConfig*) {
  using C = RoutedLowrankSwigluConfig;
  return describe<C>(
      "Mixture of gated feed-forwards whose projections are products of two thin matrices.",
      field<&C::width>("F, hidden width of one expert.", range(1, 1 << 20), required()),
      field<&C::rank>("R, what each projection of an expert goes through.", range(1, 1 << 20)),
      field<&C::experts>("E, experts.", range(2, 1024)),
      field<&C::per_token>("K, experts of a token, each weighted by its probability.", range(1, 1024)),
      field<&C::balance_weight>(
          "Of the loss that evens out the load; it is averaged over the steps of a loop.", range(0, 10)),
      field<&C::router_z_weight>(
          "Of the loss that keeps the router's logits small; averaged in the same way.", range(0, 10)),
      field<&C::initial_deviation>(
          "Standard deviation of factors and router in a new model; 0: Glorot's uniform ones.", range(0, 10)),
      rule<C>([](const C& c) { return c.per_token <= c.experts; },
              "per_token is more than there are experts"));
}

class RoutedLowrankSwiglu final : public Branch {
 public:
  RoutedLowrankSwiglu(const Build& parent, const PartContext& context, const RoutedLowrankSwigluConfig& c,
                      const std::string&)
      : config_(c), rank_(static_cast<size_t>(c.rank)), loop_steps_(context.loop_steps) {
    const Build b = parent / "mlp";
    const size_t width = static_cast<size_t>(c.width);
    router_ = Linear(b, "router", context.width, static_cast<size_t>(c.experts), false,
                     Initial::deviating(c.initial_deviation));
    gate_up_a_ = &factors(b, {"gate_proj.a", "up_proj.a"}, context.width, rank_);
    gate_b_ = &factors(b, {"gate_proj.b"}, rank_, width);
    up_b_ = &factors(b, {"up_proj.b"}, rank_, width);
    down_a_ = &factors(b, {"down_proj.a"}, width, rank_);
    down_b_ = &factors(b, {"down_proj.b"}, rank_, context.width);
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const Tensor logits_TE = router_(x_TD, x_TD.device() == Device::reference ? Dtype::f64 : Dtype::f32);
    const Tensor scores_TE = expert_scores(logits_TE, Scoring::softmax);
    const size_t per_token = static_cast<size_t>(config_.per_token);
    const Routing routing(x_TD.rows(), per_token, logits_TE.cols(),
                          best_experts(scores_TE, nullptr, per_token), Tape::current() != nullptr);
    pass.observe("experts", routing.experts, per_token);
    penalise(logits_TE, scores_TE, Load(routing, pass.token_ids()), pass);

    const Tensor both_S2R = grouped_linear(to_slots(x_TD, routing), *gate_up_a_, routing);
    const Tensor inner_SF = swiglu(grouped_linear(both_S2R.columns(0, rank_), *gate_b_, routing),
                                   grouped_linear(both_S2R.columns(rank_, rank_), *up_b_, routing));
    const Tensor out_SD = grouped_linear(grouped_linear(inner_SF, *down_a_, routing), *down_b_, routing);
    return from_slots(out_SD, expert_weights(scores_TE, routing, false, 1), routing);
  }

 private:
  // Experts one below the other, each expert's `maps` ([out, in] each) one below the other.
  Weight& factors(const Build& b, std::initializer_list<const char*> maps, size_t in, size_t out) const {
    std::vector<std::string> names;
    for (int64_t e = 0; e < config_.experts; ++e)
      for (const char* map : maps) names.push_back(fmt::format("experts.{}.{}", e, map));
    std::vector<Build::Rows> blocks;
    for (const std::string& name : names) blocks.push_back({name, out});
    return b.matrix(blocks, in, Initial::deviating(config_.initial_deviation));
  }

  void penalise(const Tensor& logits_TE, const Tensor& scores_TE, const Load& load, Pass& pass) const {
    const double share = pass.share / static_cast<double>(loop_steps_);
    if (config_.balance_weight > 0)
      pass.penalty("moe_aux", balance_loss(scores_TE, load, config_.balance_weight * share),
                   config_.balance_weight);
    if (config_.router_z_weight > 0)
      pass.penalty("router_z", router_z_loss(logits_TE, load.tokens, config_.router_z_weight * share),
                   config_.router_z_weight);
    for (size_t e = 0; e < load.counts.size() && load.chosen > 0; ++e)
      pass.report(fmt::format("expert_share.{}.{}", pass.layer(), e),
                  share * static_cast<double>(load.counts[e]) / static_cast<double>(load.chosen));
  }

  RoutedLowrankSwigluConfig config_;
  size_t rank_, loop_steps_;
  Linear router_;
  Weight *gate_up_a_ = nullptr, *gate_b_ = nullptr, *up_b_ = nullptr, *down_a_ = nullptr, *down_b_ = nullptr;
};

const bool registered = register_part<RoutedLowrankSwigluConfig, RoutedLowrankSwiglu>(
    feeds(), "routed_lowrank_swiglu",
    {R"({"width": 40, "rank": 8})", R"({"width": 21, "rank": 5, "experts": 5, "per_token": 2})"});

}  // namespace
}  // namespace bantam
