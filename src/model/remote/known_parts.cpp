#include <fmt/format.h>

#include "model/remote/modeling_bantam.h"

namespace bantam {

std::string unknown_to_remote_code(const ModelConfig& model) {
  const auto unknown = [](const PartConfig& part) {
    return remote_code().find(fmt::format("\"{}\":", part.kind)) == std::string_view::npos;
  };
  for (const LayerConfig& layer : model.layers) {
    if (unknown(layer.mixer)) return "the mixer " + layer.mixer.kind;
    if (unknown(layer.feed)) return "the feed " + layer.feed.kind;
  }
  if (unknown(model.join)) return "the join " + model.join.kind;
  if (model.embed.memory && unknown(*model.embed.memory)) return "the memory " + model.embed.memory->kind;
  if (model.embed.patches) return "the chart-patch encoder (embed.patches)";
  if (model.refine && unknown(*model.refine)) return "the refinement " + model.refine->kind;
  return "";
}

}  // namespace bantam
