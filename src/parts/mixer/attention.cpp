// Grouped-query attention with rotary positions.
//   GQA: Ainslie et al. 2023 (arXiv:2305.13245); RoPE: Su et al. 2021 (arXiv:2104.09864);
//   QK norm: Henry et al. 2020 (arXiv:2010.04245). Layers without positions (rope_base 0): arXiv:2501.18795.
// Dimensions:  T tokens of the pass, packed   D width   H query heads   G key/value heads   K width of one head
#include <cmath>
#include <optional>

#include "nn/linear.h"
#include "ops/head_rms_norm.h"
#include "ops/rope.h"
#include "parts/register.h"

namespace bantam {

inline Schema schema(const RopeScaling*) {
  using C = RopeScaling;
  return describe<C>(
      "Rotary positions stretched for longer texts than those of the training before (ops/rope.h).",
      field<&C::type>("How: linear (arXiv:2306.15595), llama3, yarn (arXiv:2309.00071); or none."),
      field<&C::factor>("How many times as long texts may be.", range(1e-3, 1e6)),
      field<&C::original_context>("Of llama3 and yarn: tokens of the texts before.", range(1, 1 << 30)),
      field<&C::low_freq_factor>(
          "Of llama3: pairs that turn less often over those are divided by the factor.", range(0, 1e6)),
      field<&C::high_freq_factor>("Of llama3: pairs that turn more often stay as they are.", range(0, 1e6)),
      field<&C::beta_fast>("Of yarn: pairs that turn more often stay as they are.", range(1e-6, 1e6)),
      field<&C::beta_slow>("Of yarn: pairs that turn less often are divided by the factor.",
                           range(1e-6, 1e6)),
      field<&C::attention_factor>("Of yarn: factor of what has turned; the paper's is 0.1 ln factor + 1.",
                                  range(1e-3, 1e3)),
      field<&C::truncate>("Of yarn: the two bounds are rounded to whole pairs."),
      rule<C>([](const C& c) { return c.low_freq_factor < c.high_freq_factor; },
              "low_freq_factor must be below high_freq_factor"),
      rule<C>([](const C& c) { return c.beta_slow <= c.beta_fast; }, "beta_slow must not exceed beta_fast"));
}

namespace {

struct AttentionConfig {
  int64_t heads = 8, kv_heads = 0, head_width = 0, window = 0;
  double rope_base = 10000;
  std::optional<RopeScaling> rope_scaling;
  bool bias = false, qkv_bias = false, qk_norm = false;

  int64_t groups() const { return kv_heads == 0 ? heads : kv_heads; }
};

Schema schema(const AttentionConfig*) {
  using C = AttentionConfig;
  return describe<C>(
      "Grouped-query attention with rotary positions.", field<&C::heads>("H, query heads.", range(1, 1024)),
      field<&C::kv_heads>("G, key/value heads; 0 is as many as query heads.", range(0, 1024)),
      field<&C::head_width>("K, width of one head; 0 is width / heads.", range(0, 1024)),
      field<&C::window>("Tokens that a query looks back on, itself included; 0 is all.", range(0, 1 << 20)),
      field<&C::rope_base>("Base of the rotary positions; 0 is none.", range(0, 1e9)),
      field<&C::rope_scaling>("Changes the frequencies of the rotary positions."),
      field<&C::bias>("Biases on the four projections."),
      field<&C::qkv_bias>("Biases on the projections of queries, keys and values alone."),
      field<&C::qk_norm>("RMSNorm over each head of queries and keys, before they turn."),
      rule<C>([](const C& c) { return c.heads % c.groups() == 0; }, "kv_heads must divide heads"));
}

class Attention final : public Branch {
 public:
  Attention(const Build& b, const PartContext& context, const AttentionConfig& c, const std::string& where)
      : base_(static_cast<float>(c.rope_base)), eps_(context.norm_eps) {
    if (c.rope_scaling) scaling_ = *c.rope_scaling;
    shape_.heads = static_cast<size_t>(c.heads);
    shape_.kv_heads = static_cast<size_t>(c.groups());
    shape_.window = static_cast<size_t>(c.window);
    require(c.head_width != 0 || context.width % shape_.heads == 0, ErrorCode::usage,
            "{}: {} heads do not divide the width {}; give head_width", where, shape_.heads, context.width);
    shape_.head_width = c.head_width != 0 ? static_cast<size_t>(c.head_width) : context.width / shape_.heads;
    require(shape_.head_width % 2 == 0 || base_ == 0, ErrorCode::usage,
            "{}: the head width {} is odd, and rotary positions turn pairs", where, shape_.head_width);
    shape_.scale = 1.0f / std::sqrt(static_cast<float>(shape_.head_width));
    const size_t queries = shape_.heads * shape_.head_width, keys = shape_.kv_heads * shape_.head_width;
    const Build attn = b / "self_attn";
    qkv_ = Linear(attn, {{"q_proj", queries}, {"k_proj", keys}, {"v_proj", keys}}, context.width,
                  c.bias || c.qkv_bias);
    out_ = Linear(attn, "o_proj", queries, context.width, c.bias);
    if (!c.qk_norm) return;
    q_gain_ = &attn.vector("q_norm.weight", shape_.head_width, 1.0);
    k_gain_ = &attn.vector("k_norm.weight", shape_.head_width, 1.0);
  }

  Tensor operator()(const Tensor& x_TD, Pass& pass) const override {
    const size_t queries = shape_.heads * shape_.head_width, keys = shape_.kv_heads * shape_.head_width;
    const Tensor qkv = qkv_(x_TD);
    const Tensor q_THK = placed(qkv.columns(0, queries), shape_.heads, q_gain_, pass);
    const Tensor k_TGK = placed(qkv.columns(queries, keys), shape_.kv_heads, k_gain_, pass);
    const Tensor v_TGK = qkv.columns(queries + keys, keys);
    return out_(pass.attend(q_THK, k_TGK, v_TGK, shape_));
  }

 private:
  // Normed, then turned by its position.
  Tensor placed(const Tensor& x, size_t heads, Weight* gain, Pass& pass) const {
    const Tensor normed = gain != nullptr ? head_rms_norm(x, heads, *gain, eps_) : x;
    if (base_ == 0) return normed;
    RopeShape turn{heads, base_};
    turn.scaling = scaling_;
    return rope(normed, turn, pass.positions());
  }

  AttentionShape shape_;
  RopeScaling scaling_;
  float base_, eps_;
  Linear qkv_, out_;
  Weight *q_gain_ = nullptr, *k_gain_ = nullptr;
};

const bool registered = register_part<AttentionConfig, Attention>(
    mixers(), "attention",
    {R"({"heads": 3, "kv_heads": 1})", R"({"heads": 2, "bias": true, "qk_norm": true, "window": 5})",
     R"({"heads": 4, "rope_base": 0, "head_width": 10})",
     R"({"heads": 2, "qkv_bias": true, "rope_scaling": {"type": "yarn", "factor": 4, "original_context": 32, "attention_factor": 1.1386294}})",
     R"({"heads": 2, "rope_scaling": {"type": "llama3", "factor": 8, "original_context": 64}})",
     R"({"heads": 2, "rope_scaling": {"type": "linear", "factor": 2}})"});

}  // namespace
}  // namespace bantam
