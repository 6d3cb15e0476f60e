#include "report/model_readme.h"

#include <fmt/format.h>

#include <cmath>

#include "base/progress.h"
#include "model/picture.h"
#include "report/chart.h"
#include "report/sections.h"
#include "text/unicode.h"

namespace bantam {
namespace {

std::string row(const std::string& name, const std::string& value) {
  return fmt::format("| {} | {} |\n", markdown_text(name), markdown_text(value));
}

std::string part_text(const PartConfig& part) {
  const std::string options = options_text(part);
  return part.kind + (options.empty() ? "" : " (" + options + ")");
}

std::string composition(const ModelConfig& config) {
  std::string text = "| place | part |\n|---|---|\n";
  text += row("vocabulary", fmt::format("{} tokens, width {}{}", config.vocab, config.width,
                                        config.embed.tied ? ", tied to the output" : ""));
  if (config.embed.memory) text += row("memory", part_text(*config.embed.memory));
  for (const LayerPattern& pattern : layer_patterns(config.layers))
    for (size_t i = pattern.first; i < pattern.first + pattern.period; ++i) {
      std::string place = fmt::format("layer {}", i);
      if (pattern.times > 1 && pattern.period == 1)
        place = fmt::format("layers {} to {}", i, i + pattern.times - 1);
      else if (pattern.times > 1)
        place = fmt::format("layers {}, {}, … {}", i, i + pattern.period,
                            i + pattern.period * (pattern.times - 1));
      const LayerConfig& layer = config.layers[i];
      text += row(place + ", mixer", part_text(layer.mixer));
      if (layer.feed.kind != kNoFeed) text += row(place + ", feed", part_text(layer.feed));
    }
  text += row("join", part_text(config.join));
  if (config.loop.steps > 1)
    text += row("loop", fmt::format("{} steps{}", config.loop.steps, config.loop.halt ? ", or fewer" : ""));
  if (config.refine) text += row("refinement", part_text(*config.refine));
  if (config.heads.mtp.k > 1) text += row("heads", fmt::format("{} tokens ahead", config.heads.mtp.k));
  text += row("context", fmt::format("{} tokens", config.context));
  return text;
}

std::string parameters(const PartCosts& costs) {
  std::string text = "| part | parameters | share |\n|---|---:|---:|\n";
  const ParameterCount& count = costs.parameters;
  const auto line = [&](const std::string& name, uint64_t parameters) {
    text += fmt::format("| {} | {} | {:.1f} % |\n", markdown_text(name), grouped(parameters),
                        100 * static_cast<double>(parameters) / static_cast<double>(count.all));
  };
  for (const auto& [part, of_part] : count.parts) line(part, of_part);
  line("all", count.all);
  if (count.inference != count.all) line("of them at inference", count.inference);
  if (count.active != count.inference) line("of those for one token", count.active);
  return text + fmt::format("\nA token's forward takes {} FLOPs, the mean over {} tokens.\n",
                            flops_text(costs.flops), grouped(costs.tokens));
}

std::string figures(const RunRecord& run) {
  std::string text = "| record | figure |\n|---|---|\n";
  text += row("tokens",
              fmt::format("{} in {} steps", figure_text(run.tokens(), Unit::count), grouped(run.last_step)));
  text += row("time of the steps", fmt::format("{}, {} tokens a second", duration_text(run.seconds),
                                               figure_text(mean_rate(run), Unit::count)));
  if (!run.skipped.empty()) text += row("steps not learnt from", grouped(run.skipped.size()));
  const auto last = [&](const char* title, const Curve& curve, Unit unit) {
    if (!curve.empty())
      text += row(title, fmt::format("{} at step {}", figure_text(curve.y.back(), unit),
                                     figure_text(curve.x.back(), Unit::count)));
  };
  last("bits per byte, held-out text", run.evaluation_curve("valid_bits_per_byte"), Unit::plain);
  last("loss, held-out text", run.evaluation_curve("valid_loss"), Unit::plain);
  last("decisions right, held-out rows", run.evaluation_curve("valid_decision_accuracy"), Unit::percent);
  last("the most frequent class there", run.evaluation_curve("valid_decision_majority"), Unit::percent);
  last("expected calibration error", run.evaluation_curve("valid_decision_ece"), Unit::percent);
  if (run.evaluations.empty()) text += "\nNothing was measured on held-out text: the run had none.\n";
  return text;
}

}  // namespace

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_{}[]<>()#+-!|~&$";
  std::string out;
  for (const char c : repaired_utf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (kMarkup.find(c) != std::string_view::npos) out += '\\';
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

std::string model_readme(const ModelConfig& config, const PartCosts& costs, const RunRecord& run) {
  return fmt::format(
      "# {}\n\nA language model of {} parameters, trained with Bantam.\n\n"
      "![The model's parts with their parameters and FLOPs](model.svg)\n\n"
      "## Composition\n\n{}\n## Parameters\n\n{}\n## What the run recorded\n\n{}\n"
      "## Use\n\n    bantam chat FOLDER\n    bantam generate FOLDER --prompt TEXT\n\n"
      "FOLDER is the one that this file lies in.\n",
      markdown_text(config.name), grouped(costs.parameters.all), composition(config), parameters(costs),
      figures(run));
}

}  // namespace bantam
