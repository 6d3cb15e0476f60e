#include "model/page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "base/progress.h"
#include "model/drawing.h"
#include "model/picture.h"
#include "parts/part.h"

namespace bantam {
namespace {

constexpr const char* kStyle = R"(
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 14px/1.45 system-ui, -apple-system, "Segoe UI",
  "Noto Sans", "DejaVu Sans", sans-serif; background: #ffffff; color: #1f2328; }
svg { max-width: 100%; height: auto; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; margin-top: 2.5rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d0d7de; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot td { font-weight: 600; border: 0; }
pre { background: #f6f8fa; padding: 1rem; overflow-x: auto; border-radius: 6px; }
@media (prefers-color-scheme: dark) {
body { background: #0d1117; color: #e6edf3; }
th, td { border-color: #30363d; }
pre { background: #161b22; }
}
)";

// {0} name, {1} style, {2} picture, {3} rows of the table, {4} its last row, {5} config.
constexpr const char* kPage = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{0}</title>
<style>{1}</style>
</head>
<body>
<h1>{0}</h1>
{2}<h2>Parts</h2>
<table>
<thead><tr><th>part</th><th>kind</th><th class="n">times</th><th class="n">parameters</th><th class="n">share</th>
<th class="n">FLOPs a token</th></tr></thead>
<tbody>
{3}</tbody>
<tfoot>
{4}</tfoot>
</table>
<h2>Config</h2>
<pre>{5}</pre>
</body>
</html>
)";

struct Line {
  std::string part, kind;  // where it stands in the config, and what it is
  std::string copies;
  PartCost cost;
};

void add(std::vector<Line>& lines, const std::string& part, const std::string& kind, const PartCost& cost) {
  if (cost.parameters > 0 || cost.flops > 0) lines.push_back({part, kind, "", cost});
}

void add_layers(std::vector<Line>& lines, const ModelConfig& config, const PartCosts& costs) {
  const double steps = static_cast<double>(config.loop.steps);
  for (const LayerPattern& pattern : layer_patterns(config.layers))
    for (size_t i = pattern.first; i < pattern.first + pattern.period; ++i) {
      const std::string place = pattern.times == 1 ? fmt::format("layers[{}]", i)
                                : pattern.period == 1
                                    ? fmt::format("layers[{}…{}]", i, i + pattern.times - 1)
                                    : fmt::format("layers[{}, {}, …, {}]", i, i + pattern.period,
                                                  i + pattern.period * (pattern.times - 1));
      const auto line = [&](const char* role, const PartConfig& part, const PartCost& once) {
        const PartCost all{pattern.times * once.parameters,
                           static_cast<double>(pattern.times) * steps * once.flops};
        std::string copies = pattern.times > 1 ? fmt::format("{}", pattern.times) : "";
        if (config.loop.steps > 1)
          copies += fmt::format("{}{} steps", copies.empty() ? "" : ", ", config.loop.steps);
        lines.push_back({place + "." + role, part.kind, copies, all});
      };
      line("mixer", config.layers[i].mixer, costs.layers[i].mixer);
      if (config.layers[i].feed.kind != kNoFeed) line("feed", config.layers[i].feed, costs.layers[i].feed);
    }
}

std::vector<Line> table_of(const ModelConfig& config, const PartCosts& costs) {
  std::vector<Line> lines;
  add(lines, "embed", config.embed.tied ? "tied" : "", costs.embedding);
  if (config.embed.memory) add(lines, "embed.memory", config.embed.memory->kind, costs.memory);
  add(lines, "embed.patches", "FLOPs of a patch, in no sum", costs.patches);
  add_layers(lines, config, costs);
  add(lines, "join", config.join.kind + ", with all norms around branches", costs.joins);
  if (config.loop.halt) add(lines, "loop.halt", "reading out at every step", costs.halting);
  if (config.refine) add(lines, "refine", config.refine->kind, costs.refinement);
  add(lines, "norm", config.norm == NormKind::layer ? "LayerNorm" : "RMSNorm", costs.norm);
  add(lines, "output projection", config.embed.tied ? "the embedding table" : "", costs.output);
  add(lines, "heads.mtp", "in training, and for drafts", costs.ahead);
  add(lines, "heads.jepa", "in training", costs.predictor);
  add(lines, "heads.decision", "", costs.decision);
  return lines;
}

std::string row(const Line& line, double all) {
  return fmt::format(
      "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{:.1f} %</td>"
      "<td class=\"n\">{}</td></tr>\n",
      xml_text(line.part), xml_text(line.kind), xml_text(line.copies), grouped(line.cost.parameters),
      100 * static_cast<double>(line.cost.parameters) / all, flops_text(line.cost.flops));
}

}  // namespace

std::string model_page(const ModelConfig& config, const PartCosts& costs) {
  const double all = static_cast<double>(costs.parameters.all);
  std::string rows;
  for (const Line& line : table_of(config, costs)) rows += row(line, all);
  const std::string sum = row(
      {"all", "", "", {costs.parameters.all, costs.flops + costs.ahead.flops + costs.predictor.flops}}, all);
  const std::string name = config.name.empty() ? "model" : xml_text(config.name);
  return fmt::format(kPage, name, kStyle, model_picture(config, costs), rows, sum,
                     xml_text(dump_json(to_json(config))));
}

}  // namespace bantam
