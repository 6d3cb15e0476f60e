#include "model/parameter_count.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace bantam {
namespace {

// "model.layers.3.self_attn.q_proj.weight" is of the part layers.self_attn; norms between the branches are layers.norm.
std::string part_of(const std::string& tensor) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= tensor.size();) {
    const size_t end = std::min(tensor.find('.', begin), tensor.size());
    words.push_back(tensor.substr(begin, end - begin));
    begin = end + 1;
  }
  if (words[0] != "model") return words[0];
  if (words[1] != "layers") return words[1];
  return words[3].ends_with("norm") ? "layers.norm" : "layers." + words[3];
}

}  // namespace

bool trains_only(const std::string& tensor) {
  const std::string part = part_of(tensor);
  return part == "mtp" || part == "mtp_heads" || part == "jepa" || part == "decision";
}

ParameterCount count_parameters(const Decoder& model) {
  ParameterCount count;
  for (const auto& weight : model.weights()) {
    if (weight->is_buffer) continue;
    for (const WeightPart& part : weight->parts) {
      const std::string name = part_of(part.name);
      count.parts[name] += part.count;
      count.all += part.count;
      if (trains_only(part.name)) continue;
      count.inference += part.count;
      count.active += part.name.find(".experts.") == std::string::npos ? part.count : 0;
    }
  }
  for (const LayerConfig& layer : model.config().layers) {
    if (layer.feed.kind != "mixture") continue;
    const Json feed = Json::parse(layer.feed.options);
    const uint64_t one = 3 * feed.at("width").get<uint64_t>() * static_cast<uint64_t>(model.config().width);
    count.active += one * feed.at("per_token").get<uint64_t>();
  }
  return count;
}

}  // namespace bantam
