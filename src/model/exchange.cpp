#include "model/exchange.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "formats/model_state.h"
#include "model/family/vuaf_card.h"
#include "model/parameter_count.h"
#include "model/remote/modeling_bantam.h"

namespace bantam {
namespace fs = std::filesystem;
namespace {

constexpr const char* kGenerationFile = "generation_config.json";
constexpr const char* kTokenIds[] = {"bos_token_id", "eos_token_id", "pad_token_id"};

// Copies the ids that begin, end and fill up texts where `to` has none.
void keep_token_ids(const Json& from, Json& to) {
  for (const char* key : kTokenIds)
    if (from.contains(key) && !from[key].is_null() && !to.contains(key)) to[key] = from[key];
}

Json generation_config(const fs::path& folder) {
  const fs::path file = folder / kGenerationFile;
  if (!fs::exists(file)) return Json::object();
  Json config = read_json(file);
  require(config.is_object(), ErrorCode::corrupt, "{}: is not a JSON object", file.string());
  return config;
}

// model.safetensors under the names of `family`, without the heads that only training uses.
Exchanged write_trunk(const StoredModel& source, const Family& family, const fs::path& folder,
                      StoredDtype dtype, const ByteProgress& progress) {
  Exchanged result;
  result.left_out = source.weights.derived();
  NamedParts kept;
  for (const auto& [name, part] : parts_by_name(source.shapes)) {
    if (trains_only(name)) {
      result.left_out.push_back(source.found.family->theirs(name));
      continue;
    }
    kept.emplace(name, part);
    result.parameters += part.part->count;
  }
  result.model_state_sha256 = write_weights(folder / "model.safetensors", stored_layout(kept, family), dtype,
                                            values_of(source.weights), progress);
  return result;
}

// A folder of ours. init: where its weights come from.
Exchanged write_ours(const StoredModel& source, const fs::path& folder, StoredDtype dtype, const char* init,
                     const std::string& tokenizer_sha256, const ByteProgress& progress,
                     bool ternary_blocks = false) {
  const Provenance provenance{init, std::nullopt, model_state_sha256(source.weights.files())};
  Exchanged result;
  result.left_out = source.weights.derived();
  result.model_state_sha256 =
      write_stored_model(folder, source, dtype, provenance, tokenizer_sha256, progress, ternary_blocks);
  result.parameters = source.shapes.parameters();
  return result;
}

}  // namespace

Exchanged import_model(const StoredModel& source, const fs::path& folder, StoredDtype dtype,
                       const std::string& tokenizer_sha256, const ByteProgress& progress) {
  Json generation = generation_config(folder);
  keep_token_ids(parse_json(source.config_json, "config.json"), generation);
  if (!generation.empty()) write_json(folder / kGenerationFile, generation);
  return write_ours(source, folder, dtype, "import", tokenizer_sha256, progress);
}

Exchanged import_llama2c(const Llama2c& source, const fs::path& folder, StoredDtype dtype,
                         const std::string& tokenizer_sha256, const ByteProgress& progress) {
  const Decoder shapes(source.config(), Device::meta, Dtype::f32);
  // As llama2.c has it: a text begins with token 1, and where another would begin it ends.
  if (!tokenizer_sha256.empty())
    write_json(folder / kGenerationFile, {{"bos_token_id", 1}, {"eos_token_id", Json::array({2, 1})}});
  Exchanged result;
  result.model_state_sha256 = write_model_from(folder, shapes, dtype, source.values(), {"import", {}, ""},
                                               tokenizer_sha256, progress);
  result.parameters = shapes.parameters();
  return result;
}

Exchanged pack_ternary(const StoredModel& source, const fs::path& folder, StoredDtype dtype,
                       const std::string& tokenizer_sha256, const ByteProgress& progress) {
  const auto& weights = source.shapes.weights();
  require(std::any_of(weights.begin(), weights.end(), [](const auto& weight) { return weight->ternary; }),
          ErrorCode::unsupported, "this model has no ternary weight: no feed of it is ternary_swiglu");
  return write_ours(source, folder, dtype, "packed", tokenizer_sha256, progress, true);
}

Exchanged export_llama(const StoredModel& source, const fs::path& folder, StoredDtype dtype,
                       const ByteProgress& progress) {
  Json config;
  const std::string reason = as_llama(source.found.config, config);
  require(reason.empty(), ErrorCode::unsupported,
          "this model is not Llama-class and cannot be exported as such: {}", reason);
  config["dtype"] = torch_name(dtype);
  config["torch_dtype"] = config["dtype"];
  keep_token_ids(generation_config(folder), config);
  for (const char* key : kTokenIds)  // an absent key would stand for the id that Meta's own tokenizer has
    if (!config.contains(key)) config[key] = nullptr;

  Exchanged result = write_trunk(source, Family{"llama", {}, {}}, folder, dtype, progress);
  write_json(folder / "config.json", config);
  return result;
}

Exchanged export_remote_code(const StoredModel& source, const fs::path& folder, StoredDtype dtype,
                             const std::string& tokenizer_sha256, const ByteProgress& progress) {
  const ModelConfig& model = source.found.config;
  const std::string unknown = unknown_to_remote_code(model);
  require(unknown.empty(), ErrorCode::unsupported, "this model has {}, which {} does not compute", unknown,
          kRemoteCodeFile);
  Exchanged result = write_ours(source, folder, dtype, "export", tokenizer_sha256, progress);
  write_file(folder / kRemoteCodeFile, remote_code());

  Json config = read_json(folder / "config.json");  // of our own folder; what transformers asks for is added
  const std::string module = fs::path(kRemoteCodeFile).stem().string();
  config["architectures"] = {"BantamForCausalLM"};
  config["model_type"] = "bantam";
  config["auto_map"] = {{"AutoConfig", module + ".BantamConfig"},
                        {"AutoModelForCausalLM", module + ".BantamForCausalLM"}};
  config["vocab_size"] = model.vocab;
  config["hidden_size"] = model.width;
  config["num_hidden_layers"] = model.layers.size();
  config["max_position_embeddings"] = model.context;
  config["tie_word_embeddings"] = model.embed.tied;
  config["use_cache"] = false;
  keep_token_ids(generation_config(folder), config);
  write_json(folder / "config.json", config);
  return result;
}

Exchanged export_vuaf(const StoredModel& source, const fs::path& folder, StoredDtype dtype,
                      const ByteProgress& progress) {
  VuafCard card;
  const std::string reason = as_vuaf(source.found.config, card);
  require(reason.empty(), ErrorCode::unsupported,
          "this model is none of VUAF's and cannot be exported as one: {}", reason);
  Exchanged result = write_trunk(source, vuaf_family(), folder, dtype, progress);
  write_json(folder / "config.json", write_config(card));
  write_json(folder / "metadata.json",
             {{"format_version", 1},
              {"model_name", card.name},
              {"n_parameters", result.parameters},
              {"vocab_size", card.vocab_size},
              {"loop_steps", card.loop_steps},
              {"group_norm", source.shapes.whole_sequence() ? "sequence" : "token"}});
  return result;
}

}  // namespace bantam
