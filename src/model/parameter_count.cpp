#include "model/parameter_count.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
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

// Whether a tensor belongs to one of many experts, "model.layers.3.mlp.experts.0.up_proj.weight"; and its layer.
std::optional<size_t> layer_of_expert(const std::string& tensor) {
  constexpr std::string_view kLayers = "model.layers.";
  if (!tensor.starts_with(kLayers) || tensor.find(".mlp.experts.") == std::string::npos) return {};
  return std::stoul(tensor.substr(kLayers.size()));
}

}  // namespace

bool trains_only(const std::string& tensor) {
  const std::string part = part_of(tensor);
  return part == "mtp" || part == "mtp_heads" || part == "jepa" || part == "decision";
}

ParameterCount count_parameters(const Decoder& model) {
  ParameterCount count;
  std::map<size_t, uint64_t> experts;  // parameters of all of a layer's
  for (const auto& weight : model.weights()) {
    if (weight->is_buffer) continue;
    for (const WeightPart& part : weight->parts) {
      const std::string name = part_of(part.name);
      count.parts[name] += part.count;
      count.all += part.count;
      if (!trains_only(part.name)) count.inference += part.count;
      if (const auto layer = layer_of_expert(part.name)) experts[*layer] += part.count;
    }
  }
  count.active = count.inference;
  for (const auto& [layer, all] : experts) {
    const Json feed = Json::parse(model.config().layers.at(layer).feed.options);
    const uint64_t there = feed.at("experts"), chosen = feed.at("per_token");
    count.active -= all / there * (there - chosen);
  }
  return count;
}

}  // namespace bantam
