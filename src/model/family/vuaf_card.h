// VUAF's config.json as a struct (models/vuaf.md section 1), and the models we make of it: checkpoints are read through it
// and written from it, and its sizes are presets.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "model/config.h"
#include "model/families.h"

namespace bantam {

// The keys of config.json with the defaults of the package, which are those of VUAF-1-Femto.
struct VuafCard {
  std::string name;
  int64_t vocab_size = 4096;
  bool tie_embeddings = true;
  int64_t d_model = 128, n_layers = 6;
  std::vector<std::string> token_mix_pattern = {"rwkv7", "mamba2", "rwkv7", "attn", "rwkv7", "mamba2"};
  std::vector<std::string> channel_mix_pattern = {"swiglu", "moe", "swiglu", "moe", "swiglu", "moe"};
  int64_t rwkv_n_heads = 4, rwkv_head_dim = 32, rwkv_lowrank = 16;
  int64_t mamba_d_state = 16, mamba_d_head = 64, mamba_expand = 1, mamba_chunk_size = 64;
  std::string mamba_mode = "parallel";
  int64_t attn_n_heads = 4, attn_head_dim = 32;
  double attn_rope_base = 10000;
  int64_t ffn_hidden = 256, moe_n_experts = 4, moe_top_k = 1;
  double moe_lb_loss_coef = 0.01;
  int64_t loop_steps = 4;
  double halt_init_bias = -2, entropy_reg_coef = 0.01;
  int64_t max_seq_len = 1024;
  double dropout = 0;
};
Schema schema(const VuafCard*);

// The composition that a card describes. group_norm: over what RWKV-7's norm takes its statistics, "sequence" as published
// or "token" (models/vuaf.md section 0); no card says. unsupported: a kind that VUAF does not have; usage: sizes that do
// not fit each other.
Json vuaf_composition(const VuafCard& card, const std::string& group_norm, const std::string& where);

// The card of a model, heads that only training uses left aside. Empty, or the reason why no card describes it; what VUAF
// leaves to training and decoding (the halting objective, its threshold) and the group norm need no word of a card.
std::string as_vuaf(const ModelConfig& model, VuafCard& card);
const Family& vuaf_family();

// The same composition for a preset with the overrides of `json`: keys of the card, group_norm (token) and halt, keys of
// loop.halt. Null: no such preset; older
// names of a preset and any case are known too.
Json expand_vuaf_preset(const Json& json, const std::string& where, std::optional<int64_t> vocab);
const std::vector<PresetInfo>& vuaf_presets();
std::string vuaf_preset_markdown();

}  // namespace bantam
