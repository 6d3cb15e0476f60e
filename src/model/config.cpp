#include "model/config.h"

#include <nlohmann/json.hpp>

#include "base/describe.h"
#include "base/error.h"
#include "base/format_version.h"
#include "model/presets.h"
#include "parts/part.h"

namespace bantam {

// A part's own options are read by the part's schema, so here they pass as they are.
void read_value(PartConfig& value, const Json& json, const ConfigPath& path) {
  if (!json.is_object() || !json.contains("kind") || !json["kind"].is_string())
    fail_value(path, json, "an object {\"kind\": NAME, …}");
  value = {json["kind"].get<std::string>(), json.dump()};
}
void write_value(const PartConfig& value, Json& json) {
  json = value.kind.empty() ? Json() : Json::parse(value.options);
}

Schema schema(const LayerConfig*) {
  using C = LayerConfig;
  return describe<C>("One layer, or several equal ones.",
                     field<&C::mixer>("What mixes positions: {\"kind\": NAME, …}.", required()),
                     field<&C::feed>("What works on each position: {\"kind\": NAME, …}.", required()),
                     field<&C::repeat>("How many equal layers this stands for.", range(1, 1024)));
}

Schema schema(const HaltConfig*) {
  using C = HaltConfig;
  return describe<C>(
      "Learned halting of the loop.",
      field<&C::threshold>("Decoding exits at the first step whose hazard reaches it.", range(0, 1)),
      field<&C::initial_bias>("Of the halting logit in a new model.", range(-20, 20)),
      field<&C::objective>(
          "What training adds to the expected cross-entropy: entropy, −β H(exits); geometric, β times the "
          "divergence from a geometric prior; gain: only the halting head learns, from what another step "
          "gains."),
      field<&C::entropy_weight>("β, of the entropy or the divergence.", range(0, 10)),
      field<&C::lambda_p>("λ of the geometric prior.", range(1e-6, 0.999999)),
      field<&C::floor_share>("Share of the cross-entropy that all exits get evenly; above 0 the last step "
                             "goes on learning where all exits drift to the first.",
                             range(0, 1)),
      field<&C::gain_slope>("k of the objective gain.", range(0, 1e4)),
      field<&C::gain_threshold>("γ of it: the loss, in nats, that another step must save.", range(0, 10)));
}

Schema schema(const LoopConfig*) {
  using C = LoopConfig;
  return describe<C>("How often the layers run, with the same weights.",
                     field<&C::steps>("R, passes through the layers.", range(1, 64)),
                     field<&C::halt>("Learned halting; absent: every token takes all steps."),
                     rule<C>([](const C& c) { return !c.halt || c.steps > 1; },
                             "halting needs a loop: set steps to 2 or more"));
}

std::vector<std::string> names(const MtpForm*) { return {"block", "projection"}; }

Schema schema(const MtpConfig*) {
  using C = MtpConfig;
  return describe<C>(
      "Multi-token prediction.",
      field<&C::k>("K: the next K tokens are predicted; 1 is the plain next token.", range(1, 16)),
      field<&C::form>("What a further head is: a block with norms, or one matrix."));
}

Schema schema(const JepaConfig*) {
  using C = JepaConfig;
  return describe<C>("Prediction of later hidden states.",
                     field<&C::horizon>("How many tokens ahead.", range(1, 16)),
                     field<&C::rank>("Width of the predictor's inside.", range(1, 1 << 16)),
                     field<&C::weight>("Of its loss.", range(0, 10)));
}

Schema schema(const DecisionConfig*) {
  using C = DecisionConfig;
  return describe<C>("Classification head, pooled at one position.",
                     field<&C::enabled>("Whether training adds its losses."),
                     field<&C::classes>("Classes.", range(2, 1024)));
}

Schema schema(const HeadsConfig*) {
  using C = HeadsConfig;
  return describe<C>("What reads the last hidden state.", field<&C::mtp>("Multi-token prediction."),
                     field<&C::jepa>("Prediction of later hidden states, in training only; absent: none."),
                     field<&C::decision>("Classification head; absent: no tensors."));
}

Schema schema(const PatchConfig*) {
  using C = PatchConfig;
  return describe<C>("Images before a row's text: a strided convolution makes a prefix token of each patch.",
                     field<&C::image_size>("Pixels of a side; images are scaled to it and centred on black.",
                                           range(1, 1024)),
                     field<&C::patch_size>("Pixels of a patch's side.", range(1, 256)),
                     rule<C>([](const C& c) { return c.image_size % c.patch_size == 0; },
                             "patch_size: does not divide image_size"));
}

Schema schema(const EmbedConfig*) {
  using C = EmbedConfig;
  return describe<C>("Token embedding.",
                     field<&C::tied>("The output projection is the embedding table itself."),
                     field<&C::norm>("The embeddings are normed before the first layer."),
                     field<&C::value>("Mixers read the token's embedding once more, through a learnt gate."),
                     field<&C::memory>("What is looked up beside it: {\"kind\": NAME, …}; absent: nothing."),
                     field<&C::patches>("Encoder of images; absent: rows are text alone."));
}

Schema schema(const ModelConfig*) {
  using C = ModelConfig;
  return describe<C>(
      "A model as a composition of named parts.", field<&C::name>("What it is called."),
      field<&C::width>("D, width of the residual stream.", range(2, 65536)),
      field<&C::vocab>("V, tokens of the vocabulary.", range(2, 1 << 20)),
      field<&C::context>("Longest sequence it is meant for.", range(2, 1 << 20)),
      field<&C::norm>("What norms the stream: RMSNorm, or LayerNorm with a bias."),
      field<&C::norm_eps>("Added under the root of every norm of the stream.", range(0, 0.1)),
      field<&C::embed>("Token embedding."), field<&C::layers>("The layers, in order.", required()),
      field<&C::join>("How a branch joins the stream: {\"kind\": NAME, …}."),
      field<&C::loop>("Loop over the layers."),
      field<&C::refine>(
          "What works on the stream before the last norm: {\"kind\": NAME, …}; absent: nothing."),
      field<&C::heads>("Heads."),
      rule<C>([](const C& c) { return !c.layers.empty(); }, "layers: is empty, wanted at least one"),
      rule<C>([](const C& c) { return !c.heads.jepa || c.heads.jepa->horizon < c.context; },
              "heads.jepa.horizon: predicts beyond the context; lower it or raise context"),
      rule<C>([](const C& c) { return !c.embed.patches || c.embed.patches->patches() < c.context; },
              "embed.patches: an image alone fills the context; lower image_size, or raise patch_size or "
              "context"),
      rule<C>([](const C& c) { return c.heads.mtp.k <= c.context; },
              "heads.mtp.k: predicts beyond the context; lower k or raise context"));
}

namespace {

template <class Part>
void resolve(PartConfig& part, const Registry<Part>& registry, const ConfigPath& path) {
  part.options = registry.find(part.kind, path.text()).resolve(Json::parse(part.options), path).dump();
}

}  // namespace

ModelConfig parse_model(const Json& json, const std::string& where, std::optional<int64_t> vocab) {
  if (!json.is_object()) fail(ErrorCode::usage, "{}: is not a JSON object", where);
  if (json.contains("preset")) return parse_model(expand_preset(json, where, vocab), where);
  const ConfigPath path{where};
  ModelConfig config = read_config<ModelConfig>(json, path);
  if (config.join.kind.empty()) config.join = {"residual", R"({"kind": "residual"})"};
  resolve(config.join, joins(), path.key("join"));
  if (config.embed.memory) resolve(*config.embed.memory, token_memories(), path.key("embed").key("memory"));
  if (config.refine) resolve(*config.refine, refinements(), path.key("refine"));
  std::vector<LayerConfig> expanded;
  for (size_t i = 0; i < config.layers.size(); ++i) {
    LayerConfig layer = config.layers[i];
    const ConfigPath at = path.key("layers").item(i);
    resolve(layer.mixer, mixers(), at.key("mixer"));
    resolve(layer.feed, feeds(), at.key("feed"));
    require(expanded.size() + static_cast<size_t>(layer.repeat) <= 1024, ErrorCode::usage,
            "{}: more than 1024 layers in all", at.text());
    expanded.insert(expanded.end(), static_cast<size_t>(layer.repeat), {layer.mixer, layer.feed, 1});
  }
  config.layers = std::move(expanded);
  return config;
}

void set_mixer_option(ModelConfig& config, const std::string& option, const Json& value,
                      const std::string& where) {
  size_t found = 0;
  for (LayerConfig& layer : config.layers) {
    Json options = Json::parse(layer.mixer.options);
    if (!options.contains(option)) continue;
    options[option] = value;
    layer.mixer.options = options.dump();
    resolve(layer.mixer, mixers(), ConfigPath{where});
    ++found;
  }
  require(found > 0, ErrorCode::usage, "{}: no mixer of this model has the option {}", where, option);
}

ModelConfig read_model(const std::filesystem::path& path, std::optional<int64_t> vocab) {
  Json json = read_json(path);
  take_format_version(json, 1, path.string());
  return parse_model(json, path.string(), vocab);
}

std::string model_markdown() { return config_markdown<ModelConfig>("model.json"); }

Json to_json(const ModelConfig& config) {
  ModelConfig folded = config;  // equal neighbours become one entry with `repeat`
  folded.layers.clear();
  for (const LayerConfig& layer : config.layers) {
    if (!folded.layers.empty() && folded.layers.back().mixer == layer.mixer &&
        folded.layers.back().feed == layer.feed)
      ++folded.layers.back().repeat;
    else
      folded.layers.push_back({layer.mixer, layer.feed, 1});
  }
  return write_config(folded);
}

}  // namespace bantam
