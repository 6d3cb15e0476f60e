#include "model/quantization_traps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "model/parameter_count.h"

namespace bantam {
namespace {

constexpr size_t kSmallBlock = 32, kLargeBlock = 256;
constexpr double kLargeShare = 1.0 / 3;  // of all parameters, in one matrix

struct Rows {
  std::string name;
  size_t width;
  bool operator<(const Rows& other) const {
    return std::tie(name, width) < std::tie(other.name, other.width);
  }
};

// "model.layers.3.mlp.experts.0.down_proj.weight" → "mlp.experts.down_proj": the same matrix of every layer.
std::string name_in_layer(const std::string& tensor) {
  std::string name;
  for (size_t begin = 0; begin <= tensor.size();) {
    const size_t end = std::min(tensor.find('.', begin), tensor.size());
    const std::string word = tensor.substr(begin, end - begin);
    const bool number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
    if (!number && word != "model" && word != "layers" && word != "weight")
      name += (name.empty() ? "" : ".") + word;
    begin = end + 1;
  }
  return name;
}

// Matrices that products read at inference, and their rows' widths.
std::set<Rows> matrices(const Decoder& model) {
  std::set<Rows> all;
  for (const auto& weight : model.weights()) {
    if (weight->is_buffer || !weight->decays) continue;  // vectors, gates and what stays in f32
    for (const WeightPart& part : weight->parts)
      if (part.shape.size() == 2 && !trains_only(part.name))
        all.insert({name_in_layer(part.name), part.shape[1]});
  }
  return all;
}

// "mlp.down_proj (1408)", several of one width together.
std::string listed(const std::set<Rows>& rows, size_t block) {
  std::map<size_t, std::vector<std::string>> by_width;
  for (const Rows& r : rows)
    if (r.width % block != 0) by_width[r.width].push_back(r.name);
  std::string text;
  for (const auto& [width, names] : by_width)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", fmt::join(names, ", "), width);
  return text;
}

// Attention kernels are made for heads of a multiple of 16, and mostly of 64 or 128.
std::string odd_heads(const ModelConfig& model) {
  for (const LayerConfig& layer : model.layers) {
    const Json options = Json::parse(layer.mixer.options);
    if (layer.mixer.kind.find("attention") == std::string::npos) continue;
    int64_t width = options.at("head_width");
    if (width == 0) width = model.width / options.at("heads").get<int64_t>();
    if (width % 16 != 0)
      return fmt::format(
          "heads are {} wide, no multiple of 16: attention kernels elsewhere may not have that width", width);
  }
  return "";
}

}  // namespace

std::vector<std::string> quantization_traps(const ModelConfig& config) {
  const Decoder model(config, Device::meta, Dtype::f32);
  const std::set<Rows> rows = matrices(model);
  std::vector<std::string> traps;
  const auto count = [&](size_t block) {
    return std::count_if(rows.begin(), rows.end(), [&](const Rows& r) { return r.width % block != 0; });
  };
  if (const auto unfit = count(kSmallBlock); unfit > 0)
    traps.push_back(
        fmt::format("rows that no multiple of {} fills stay unquantised in every block format: {}",
                    kSmallBlock, listed(rows, kSmallBlock)));
  if (const auto unfit = count(kLargeBlock); unfit > 0)
    traps.push_back(
        fmt::format("K-quants and TQ2_0 need rows of a multiple of {}; {} of {} kinds of matrices have "
                    "others and fall back to blocks of {} (Q8_0, Q4_0): {}",
                    kLargeBlock, unfit, rows.size(), kSmallBlock, listed(rows, kLargeBlock)));
  const ParameterCount parameters = count_parameters(model);
  const uint64_t embedding = parameters.parts.at("embed_tokens");
  if (static_cast<double>(embedding) > kLargeShare * static_cast<double>(parameters.inference))
    traps.push_back(
        fmt::format("the embedding is {:.1f}M of {:.1f}M parameters: its precision decides the size",
                    static_cast<double>(embedding) / 1e6, static_cast<double>(parameters.inference) / 1e6));
  if (const std::string heads = odd_heads(config); !heads.empty()) traps.push_back(heads);
  return traps;
}

}  // namespace bantam
