// Escarda's checkpoints, model_type spike_whale (models/escarda.md names their keys and tensors).
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "base/file.h"
#include "formats/stored_values.h"
#include "model/family/escarda_card.h"
#include "model/family/foreign_config.h"
#include "model/name_pattern.h"
#include "model/stored_weights.h"
#include "ops/mixture.h"

namespace bantam {
namespace {

using Names = std::vector<std::pair<std::string, std::string>>;
using Entry = TensorFiles::Entry;

constexpr const char* kEmbedding = "model.embed_tokens.weight";
constexpr const char* kClone = "lm_head.weight";
constexpr const char* kExpertsByToken = "model.layers.{}.ffn.gate.tid2eid";

const Names kNames = {{"model.layers.{}.input_layernorm.weight", "model.layers.{}.attn_norm.weight"},
                      {"model.layers.{}.post_attention_layernorm.weight", "model.layers.{}.ffn_norm.weight"},
                      {"model.layers.{}.self_attn.{}", "model.layers.{}.attn.{}"},
                      {"model.layers.{}.mlp.router.weight", "model.layers.{}.ffn.gate.weight"},
                      {"model.layers.{}.mlp.router.bias", "model.layers.{}.ffn.gate.e_score_correction_bias"},
                      {"model.layers.{}.mlp.{}", "model.layers.{}.ffn.{}"},
                      {"model.layers.{}.hyper_mixer.{}", "model.layers.{}.hc_attn.{}"},
                      {"model.layers.{}.hyper_feed.{}", "model.layers.{}.hc_ffn.{}"},
                      {"model.stream_mix.weight", "model.hc_out_mix.weight"}};
// Tables of angles, and of experts by token, are functions of the config.
const std::vector<std::string> kDerived = {"model.rope.{}", "model.layers.{}.rope.{}",
                                           "model.layers.{}.attn.rope.{}", kExpertsByToken};
// A tied checkpoint holds its embedding a second time.
const std::vector<std::string> kDerivedWhenTied = [] {
  std::vector<std::string> all = kDerived;
  all.push_back(kClone);
  return all;
}();
// The published counts of tensors and elements tell their shapes, nothing published tells their names.
const std::vector<std::string> kUncertain = {"model.engram.gate", "model.layers.{}.hc_attn",
                                             "model.layers.{}.hc_ffn", "model.hc_out_mix", "jepa"};

void check_clone(const StoredWeights& stored, const Entry& clone) {
  const Entry& embedding = *stored.named().at(kEmbedding);
  const StoredTensor &c = clone.tensor, &e = embedding.tensor;
  require(c.dtype == e.dtype && c.shape == e.shape, ErrorCode::invalid,
          "{}: {} is {}; tied, as config.json has it (tie_word_embeddings), it repeats {}, which is {}",
          stored.where(), c.name, describe(c), e.name, describe(e));
  const auto a = stored.files().bytes(clone), b = stored.files().bytes(embedding);
  if (std::memcmp(a.data(), b.data(), a.size()) == 0) return forget_pages(a);
  const auto first = static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
  fail(ErrorCode::invalid,
       "{}: {} differs from {}, first in row {}, but config.json ties them; with tie_word_embeddings false "
       "both are read",
       stored.where(), c.name, e.name, first / (a.size() / c.shape[0]));
}

// The experts of every token, as the options of layer `number` make them; nothing where no hash routes it.
std::vector<int32_t> experts_by_token(const ModelConfig& config, const std::string& number,
                                      size_t& per_token) {
  size_t layer = 0;
  while (layer < config.layers.size() && std::to_string(layer) != number) ++layer;
  if (layer == config.layers.size() || config.layers[layer].feed.kind != "mixture") return {};
  const Json options = Json::parse(config.layers[layer].feed.options);
  if (options.at("hashed") != true) return {};
  per_token = options.at("per_token").get<size_t>();
  std::vector<int32_t> ids(static_cast<size_t>(config.vocab));
  std::iota(ids.begin(), ids.end(), 0);
  return hashed_experts(ids, options.at("experts").get<size_t>(), per_token);
}

void check_experts(const StoredWeights& stored, const ModelConfig& config, const std::string& layer,
                   const Entry& entry) {
  const StoredTensor& tensor = entry.tensor;
  size_t per_token = 0;
  const std::vector<int32_t> rule = experts_by_token(config, layer, per_token);
  require(
      !rule.empty(), ErrorCode::invalid,
      "{}: {} chooses experts by token, but config.json (use_moe, moe_layers, num_hash_layers) has no such "
      "layer",
      stored.where(), tensor.name);
  const std::vector<uint64_t> wanted = {static_cast<uint64_t>(config.vocab), per_token};
  require(tensor.shape == wanted, ErrorCode::invalid, "{}: {} is {}, config.json wants [{}]", stored.where(),
          tensor.name, describe(tensor), fmt::join(wanted, ", "));
  const std::vector<int64_t> table = stored_integers(*stored.files().files()[entry.file], tensor);
  const size_t first = static_cast<size_t>(
      std::mismatch(rule.begin(), rule.end(), table.begin(), table.end()).first - rule.begin());
  if (first == rule.size()) return;
  const auto row = [&](const auto& values) {
    const auto begin = values.begin() + static_cast<ptrdiff_t>(first / per_token * per_token);
    return fmt::format("{}", fmt::join(begin, begin + static_cast<ptrdiff_t>(per_token), ", "));
  };
  fail(ErrorCode::unsupported,
       "{}: {} sends token {} to the experts {}, this build's rule to {}; it has no tables of others",
       stored.where(), tensor.name, first / per_token, row(table), row(rule));
}

void check_derived(const StoredWeights& stored, const ModelConfig& config) {
  for (const auto& [name, entry] : stored.named()) {
    if (name == kClone && config.embed.tied) check_clone(stored, *entry);
    if (const auto layer = match_name(kExpertsByToken, name))
      check_experts(stored, config, (*layer)[0], *entry);
  }
}

Family escarda(const std::vector<std::string>& derived) {
  Family family{"escarda", kNames, derived};
  family.uncertain_modules = kUncertain;
  family.check_derived = check_derived;
  return family;
}
const Family kEscarda = escarda(kDerived), kEscardaTied = escarda(kDerivedWhenTied);

// Other keys, such as dropout and what transformers adds, do not shape the model.
EscardaCard card_of(const ForeignConfig& c) {
  Json known = Json::object();
  const Json keys = write_config(EscardaCard{});
  for (const auto& [key, value] : c.json().items())
    if (keys.contains(key) && !value.is_null()) known[key] = value;
  return read_config<EscardaCard>(known, {c.where()});
}

ModelConfig from_escarda(const ForeignConfig& c, bool) {
  Json model = escarda_composition(card_of(c), c.where());
  model["name"] = c.text("_name_or_path", "");
  return parse_model(model, c.where());
}

}  // namespace

const FamilyReader& escarda_reader() {
  static const FamilyReader reader{
      [](const ForeignConfig& c) {
        return c.boolean("tie_word_embeddings", true) ? &kEscardaTied : &kEscarda;
      },
      {"spike_whale"},
      [](const ForeignConfig& c) { return c.text("model_type", "") == "spike_whale"; },
      from_escarda,
      [](const ForeignConfig& c) { return escarda_objective(card_of(c)); }};
  return reader;
}

}  // namespace bantam
