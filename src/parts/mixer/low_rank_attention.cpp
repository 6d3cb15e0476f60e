// Escarda's attention: queries and output through low ranks, a rotary part of each head, norms on queries and keys, and
// what a token says to itself taken out.
//   Low rank: DeepSeek-V2 (arXiv:2405.04434) without its compressed keys; QK norm: Henry et al. 2020 (arXiv:2010.04245);
//   exclusive values: Zhai 2026 (arXiv:2603.09078); error-function weights: ops/derf_attention.h.
// Dimensions:  T tokens of the pass, packed   D width   H query heads   G key/value heads   K width of one head
#include <cmath>

#include "nn/linear.h"
#include "nn/norm.h"
#include "ops/derf_attention.h"
#include "ops/head_rms_norm.h"
#include "ops/own_value.h"
#include "ops/rope.h"
#include "parts/register.h"

namespace bantam {
namespace {

struct LowRankAttentionConfig {
  int64_t heads = 10, kv_heads = 1, head_width = 64, query_rank = 128, output_rank = 128, rope_width = 16;
  double rope_base = 10000;
  bool rope_interleaved = true, qk_norm = true, exclusive = true, derf = false;
};

Schema schema(const LowRankAttentionConfig*) {
  using C = LowRankAttentionConfig;
  return describe<C>(
      "Attention with low-rank queries and output, as Escarda has it.",
      field<&C::heads>("H, query heads.", range(1, 1024)),
      field<&C::kv_heads>("G, key/value heads.", range(1, 1024)),
      field<&C::head_width>("K, width of one head.", range(1, 1024)),
      field<&C::query_rank>("Rank of the map to queries; 0 is a full one.", range(0, 1 << 16)),
      field<&C::output_rank>("Rank of the output projection; 0 is a full one.", range(0, 1 << 16)),
      field<&C::rope_width>("Channels at the end of each head that turn with the position; 0 is none.",
                            range(0, 1024)),
      field<&C::rope_base>("Base of the rotary positions.", range(1.0001, 1e9)),
      field<&C::rope_interleaved>("Neighbouring channels turn together; otherwise halves."),
      field<&C::qk_norm>("RMSNorm over each head of queries and keys."),
      field<&C::exclusive>("What attention adds of a token's own value is taken out again."),
      field<&C::derf>("Learnt error functions of the scores in place of their softmax."),
      rule<C>([](const C& c) { return c.heads % c.kv_heads == 0; }, "kv_heads must divide heads"),
      rule<C>([](const C& c) { return c.rope_width <= c.head_width && c.rope_width % 2 == 0; },
              "rope_width must be even and at most head_width"));
}

class LowRankAttention final : public Branch {
 public:
  LowRankAttention(const Build& parent, const PartContext& context, const LowRankAttentionConfig& c,
                   const std::string&)
      : config_(c), eps_(context.norm_eps) {
    shape_ = {static_cast<size_t>(c.heads), static_cast<size_t>(c.kv_heads),
              static_cast<size_t>(c.head_width)};
    shape_.scale = 1.0f / std::sqrt(static_cast<float>(shape_.head_width));
    const Build b = parent / "self_attn";
    const Initial small{Initial::normal, 0.02};
    queries_ = shape_.heads * shape_.head_width, keys_ = shape_.kv_heads * shape_.head_width;
    rank_ = static_cast<size_t>(c.query_rank);
    in_ = Linear(b,
                 {{rank_ > 0 ? "q_a_proj" : "q_proj", rank_ > 0 ? rank_ : queries_},
                  {"k_proj", keys_},
                  {"v_proj", keys_}},
                 context.width, false, small);
    if (rank_ > 0) {
      query_norm_ = RmsNorm(b, "q_a_norm", rank_, eps_);
      query_ = Linear(b, "q_b_proj", rank_, queries_, false, small);
    }
    if (c.qk_norm) {
      q_gain_ = &b.vector("q_norm.weight", shape_.head_width, 1.0);
      k_gain_ = &b.vector("k_norm.weight", shape_.head_width, 1.0);
    }
    if (c.derf)
      derf_ = {&b.vector("derf_alpha", shape_.heads, 1.0), &b.vector("derf_bias", shape_.heads, 0.0),
               &b.vector("derf_gamma", shape_.heads, 1.0)};
    if (c.output_rank > 0) {
      out_inner_ = Linear(b, "o_a_proj", queries_, static_cast<size_t>(c.output_rank), false, small);
      out_ = Linear(b, "o_b_proj", static_cast<size_t>(c.output_rank), context.width, false, small);
    } else {
      out_ = Linear(b, "o_proj", queries_, context.width, false, small);
    }
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const Tensor in = in_(x_TD);
    const size_t first = rank_ > 0 ? rank_ : queries_;
    Tensor q_THK = in.columns(0, first);
    if (rank_ > 0) q_THK = query_(query_norm_(q_THK, x_TD.dtype()));
    const Tensor k_TGK = in.columns(first, keys_), v_TGK = in.columns(first + keys_, keys_);
    const Tensor q = placed(q_THK, shape_.heads, q_gain_, pass),
                 k = placed(k_TGK, shape_.kv_heads, k_gain_, pass);
    Tensor y = config_.derf ? pass.attend(q, k, v_TGK, shape_, derf_) : pass.attend(q, k, v_TGK, shape_);
    if (config_.exclusive) y = without_own_value(y, v_TGK, shape_.heads, shape_.kv_heads);
    return out_(config_.output_rank > 0 ? out_inner_(y) : y);
  }

 private:
  // Normed, then turned by its position.
  Tensor placed(const Tensor& x, size_t heads, Weight* gain, Pass& pass) const {
    const Tensor normed = gain != nullptr ? head_rms_norm(x, heads, *gain, eps_) : x;
    if (config_.rope_width == 0) return normed;
    const size_t width = static_cast<size_t>(config_.rope_width);
    return rope(normed,
                {heads, static_cast<float>(config_.rope_base), shape_.head_width - width, width,
                 config_.rope_interleaved, true},
                pass.positions());
  }

  LowRankAttentionConfig config_;
  float eps_;
  AttentionShape shape_;
  size_t queries_ = 0, keys_ = 0, rank_ = 0;
  RmsNorm query_norm_;
  Linear in_, query_, out_inner_, out_;
  Weight *q_gain_ = nullptr, *k_gain_ = nullptr;
  DerfWeights derf_{};
};

const bool registered = register_part<LowRankAttentionConfig, LowRankAttention>(
    mixers(), "low_rank_attention",
    {R"({"heads": 3, "kv_heads": 1, "head_width": 10, "query_rank": 7, "output_rank": 9, "rope_width": 4})",
     R"({"heads": 2, "kv_heads": 2, "head_width": 8, "query_rank": 0, "output_rank": 0, "rope_width": 8, "derf": true,
         "rope_interleaved": false, "qk_norm": false})"});

}  // namespace
}  // namespace bantam
