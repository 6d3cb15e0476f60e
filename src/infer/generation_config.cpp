#include "infer/generation_config.h"

#include <nlohmann/json.hpp>

namespace bantam {
namespace fs = std::filesystem;
namespace {

bool present(const Json& json, const char* key) { return json.contains(key) && !json[key].is_null(); }

// One id, or a list of them.
void read_ends(const Json& json, const ConfigPath& path, std::vector<int64_t>& ids) {
  if (!present(json, "eos_token_id")) return;
  const Json& value = json["eos_token_id"];
  const Json list = value.is_array() ? value : Json::array({value});
  std::vector<int64_t> found;
  for (const Json& id : list) {
    if (!id.is_number_integer()) fail_value(path.key("eos_token_id"), value, "a token id, or a list of them");
    found.push_back(id.get<int64_t>());
  }
  ids = found;
}

}  // namespace

void read_generation_config(const fs::path& folder, GenerationSettings& settings) {
  const fs::path file = folder / "generation_config.json", model_file = folder / "config.json";
  if (fs::exists(model_file)) {
    const Json config = read_json(model_file);
    if (config.is_object()) read_ends(config, {model_file.string()}, settings.stop_token_ids);
  }
  if (!fs::exists(file)) return;
  const Json json = read_json(file);
  const ConfigPath path{file.string()};
  if (!json.is_object()) fail_value(path, json, "a JSON object");
  Json ours = Json::object();
  for (const char* key : {"temperature", "top_k", "top_p", "min_p", "repetition_penalty"})
    if (present(json, key)) ours["sampling"][key] = json[key];
  if (present(json, "do_sample") && json["do_sample"] == false) ours["sampling"]["temperature"] = 0;
  if (present(json, "max_new_tokens")) ours["max_tokens"] = json["max_new_tokens"];
  schema_of<GenerationSettings>().read(&settings, ours, path);
  read_ends(json, path, settings.stop_token_ids);
}

}  // namespace bantam
