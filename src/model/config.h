// What a model is: a composition of named parts. model.json holds it in full, or as {"preset": NAME, …overrides}.
#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "nn/norm.h"

namespace bantam {

// A part by its name, {"kind": NAME, …options of the part} in JSON. The options are the part's own business: here they
// are kept as checked text, every default filled in.
struct PartConfig {
  std::string kind, options;
  bool operator==(const PartConfig&) const = default;
};

// One layer, or `repeat` equal ones.
struct LayerConfig {
  PartConfig mixer, feed;
  int64_t repeat = 1;
};

// What a loop that learns to halt adds to its cross-entropy (model/exits.h).
enum class HaltObjective { entropy, geometric, gain };
inline std::vector<std::string> names(const HaltObjective*) { return {"entropy", "geometric", "gain"}; }

// Learned halting of a loop (models/vuaf.md; PonderNet, arXiv:2107.05407; Ouro, arXiv:2510.25741).
struct HaltConfig {
  double threshold = 0.5;    // decoding exits at the first step whose hazard reaches it
  double initial_bias = -2;  // of the halting logit
  HaltObjective objective = HaltObjective::entropy;
  double entropy_weight = 0.01;  // β, of the entropy or the divergence from the prior
  double lambda_p = 0.4;         // of the geometric prior
  double floor_share = 0;        // f, of the cross-entropy that is spread over all exits evenly
  double gain_slope = 50, gain_threshold = 0.005;  // k and γ of the gain
};

struct LoopConfig {
  int64_t steps = 1;
  std::optional<HaltConfig> halt;
};

// k − 1 further heads; head j predicts the token j positions ahead (models/qovaryx.md).
// form block: each with a feed-forward and norms of its own. projection: one matrix each (models/escarda.md section 8).
enum class MtpForm { block, projection };
struct MtpConfig {
  int64_t k = 1;
  MtpForm form = MtpForm::block;
};

// Trains the hidden state to predict the direction of those that follow (models/escarda.md section 8; after LeCun's joint
// embedding prediction, Assran et al. 2023, arXiv:2301.08243).
struct JepaConfig {
  int64_t horizon = 1, rank = 256;
  double weight = 0.1;
};

// The tensors of the classification head; its losses are a matter of the recipe.
struct DecisionConfig {
  bool enabled = false;  // whether training adds its losses
  int64_t classes = 4;
};

struct HeadsConfig {
  MtpConfig mtp;
  std::optional<JepaConfig> jepa;
  std::optional<DecisionConfig> decision;
};

// Images before the text, as the patches that they are cut into (nn/patch_encoder.h).
struct PatchConfig {
  int64_t image_size = 224, patch_size = 16;  // pixels of a side
  int64_t patches() const { return image_size / patch_size * (image_size / patch_size); }
};

struct EmbedConfig {
  bool tied = true;                  // the output projection is the embedding table
  bool norm = false;                 // the embeddings are normed before the first layer
  bool value = false;                // mixers read the token's embedding again
  std::optional<PartConfig> memory;  // what is looked up beside the embedding
  std::optional<PatchConfig> patches;
};

struct ModelConfig {
  std::string name;  // the preset it came from, or the user's own
  int64_t width = 512, vocab = 20242, context = 4096;
  NormKind norm = NormKind::rms;
  double norm_eps = 1e-5;
  EmbedConfig embed;
  std::vector<LayerConfig> layers;  // expanded: every repeat is 1
  PartConfig join;
  LoopConfig loop;
  std::optional<PartConfig> refine;
  HeadsConfig heads;

  // How many tokens ahead some head needs to know; 1 is the next.
  size_t furthest_target() const {
    return static_cast<size_t>(std::max(heads.mtp.k, heads.jepa ? heads.jepa->horizon : 1));
  }
};

// From model.json's content, checked down to every part's options; usage errors say where. A preset is expanded with
// its overrides, which take the model cards' names (d_model, n_layer, …). `vocab`, where given, is the tokenizer's and
// replaces a preset's own, unless the overrides name one.
ModelConfig parse_model(const Json& json, const std::string& where, std::optional<int64_t> vocab = {});
ModelConfig read_model(const std::filesystem::path& path, std::optional<int64_t> vocab = {});
// Sets an option of every mixer that has it. usage: there is none, or none takes the value; `where` opens the message.
void set_mixer_option(ModelConfig& config, const std::string& option, const Json& value,
                      const std::string& where);
// The full composition with every default filled in. parse_model of it gives the same config.
Json to_json(const ModelConfig& config);

struct PresetInfo {
  std::string name, summary;
};
const std::vector<PresetInfo>& presets();

}  // namespace bantam
