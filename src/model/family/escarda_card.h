// Escarda's config.json as a struct (models/escarda.md section 12), and the models we make of it: checkpoints are read through
// it, and its sizes are presets.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/describe.h"
#include "model/config.h"
#include "model/objective.h"

namespace bantam {

// The keys of config.json that shape the model, with the values of Escarda-86M.
struct EscardaCard {
  int64_t vocab_size = 16512;
  int64_t hidden_size = 640;
  int64_t num_hidden_layers = 16;
  int64_t max_position_embeddings = 4096;
  double rms_norm_eps = 1e-6;
  bool tie_word_embeddings = true;
  int64_t num_attention_heads = 10;
  int64_t num_key_value_heads = 1;
  int64_t head_dim = 64;
  int64_t q_lora_rank = 128;
  int64_t o_lora_rank = 128;
  int64_t qk_rope_head_dim = 16;
  int64_t nope_head_dim = 48;
  double rope_theta = 10000;
  bool rope_interleaved = true;
  bool use_qk_norm = true;
  bool use_xsa = true;
  bool use_derf = false;
  bool use_value_embed = false;
  bool use_engram = true;
  std::string engram_hash = "lsh";
  int64_t engram_table_size = 4096;
  int64_t engram_num_heads = 2;
  int64_t engram_compress_dim = 32;
  int64_t engram_max_ngram = 3;
  double engram_gate_init_bias = -1;
  double engram_hash_scale = 65536;
  bool use_hyper_connections = true;
  int64_t hc_mult = 2;
  bool hc_dynamic = false;
  int64_t hc_sinkhorn_iters = 20;
  double hc_eps = 1e-6;
  bool use_hrm_refine = true;
  int64_t hrm_refine_dim = 128;
  int64_t hrm_refine_steps = 1;
  bool use_jepa = true;
  int64_t jepa_pred_dim = 256;
  int64_t jepa_horizon = 1;
  double jepa_loss_weight = 0.1;
  int64_t num_nextn_predict_layers = 1;
  double mtp_loss_weight = 0.3;
  double zloss_coef = 1e-4;
  bool use_moe = false;
  std::vector<int64_t> moe_layers;
  int64_t moe_intermediate_size = 2000;
  int64_t n_routed_experts = 6;
  int64_t n_shared_experts = 1;
  int64_t num_experts_per_tok = 2;
  std::string scoring_func = "sqrtsoftplus";
  bool norm_topk_prob = true;
  double routed_scaling_factor = 1;
  double moe_aux_loss_coef = 0.01;
  double moe_bias_update_rate = 1e-3;
  int64_t num_hash_layers = 2;
};
Schema schema(const EscardaCard*);

// The composition that a card describes. usage: sizes that do not fit each other.
Json escarda_composition(const EscardaCard& card, const std::string& where);
ObjectiveOptions escarda_objective(const EscardaCard& card);

// The same for a preset with the overrides of `json`, keys of the card. Null: no such preset.
Json expand_escarda_preset(const Json& json, const std::string& where, std::optional<int64_t> vocab);
const std::vector<PresetInfo>& escarda_presets();
std::string escarda_preset_markdown();

}  // namespace bantam
