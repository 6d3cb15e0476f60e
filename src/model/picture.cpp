#include "model/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/progress.h"
#include "model/drawing.h"
#include "parts/part.h"

namespace bantam {
namespace {

// From left to right: the loop's way back, the streams, the boxes, two columns of numbers.
constexpr double kWidth = 940, kLoop = 40, kFrame = 58, kStream = 116, kStage = 76, kBox = 196, kBoxEnd = 660,
                 kParameters = 800, kFlops = 908, kShare = 90;
constexpr double kGap = 14, kLine = 15;
constexpr size_t kCharacters = 62;       // of a line in a box
const std::string kUnbroken = "\u00a0";  // a space at which no line ends

struct Row {
  std::string role, title, summary, options;
  PartCost cost;           // of all copies and steps
  std::string parameters;  // beneath the number: how it comes about
  std::string flops;
};

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number()) return value.dump();
  const double number = value.get<double>();
  return number >= 1 && number < 1e15 && number == std::floor(number) ? grouped(static_cast<uint64_t>(number))
                                                                      : fmt::format("{:.4g}", number);
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

template <class Part>
std::string summary_of(const Registry<Part>& registry, const PartConfig& part) {
  return registry.find(part.kind, "model").summary;
}

PartCost times(double count, const PartCost& cost) {
  return {static_cast<uint64_t>(count) * cost.parameters, count * cost.flops};
}

class Picture {
 public:
  Picture(const ModelConfig& config, const PartCosts& costs) : config_(config), costs_(costs) {
    if (stream_ends().has(config.join.kind)) {
      const Json options = Json::parse(config.join.options);
      streams_ = options.value("streams", size_t{1});
    }
    gap_ = streams_ < 2 ? 0 : std::min(10.0, std::round(100 / static_cast<double>(streams_ - 1)) / 2);
  }

  std::string draw() {
    heading();
    embedding();
    body();
    ending();
    totals();
    const std::string label = fmt::format("The model {}: {} layers, {} parameters", config_.name,
                                          config_.layers.size(), grouped(costs_.parameters.all));
    return drawing_.svg(kWidth, y_ + 24, label);
  }

 private:
  double span() const { return gap_ * static_cast<double>(streams_ - 1); }
  double steps() const { return static_cast<double>(config_.loop.steps); }

  // The streams from `from` to where the drawing stands.
  void flow(double from, bool several) {
    for (size_t i = 0; i < (several ? streams_ : 1); ++i) {
      const double x = several ? kStream - span() / 2 + gap_ * static_cast<double>(i) : kStream;
      drawing_.line(Drawing::middle, "stream", fmt::format("M{} {}V{}", x, from, y_));
    }
  }

  void numbers(const Row& row, double y) {
    const double all = static_cast<double>(costs_.parameters.all);
    const double work = costs_.flops + costs_.ahead.flops + costs_.predictor.flops;
    const auto column = [&](double end, const std::string& number, const std::string& beneath, double share) {
      drawing_.text("number", end, y, number);
      if (!beneath.empty()) drawing_.text("faint-number", end, y + kLine + 4, beneath);
      const double width = std::round(kShare * share * 10) / 10;
      if (width >= 0.5) drawing_.box(Drawing::front, "share", end - width, y + 4, width, 2.5, 1);
    };
    column(kParameters, grouped(row.cost.parameters), row.parameters,
           static_cast<double>(row.cost.parameters) / all);
    column(kFlops, flops_text(row.cost.flops), row.flops, row.cost.flops / work);
  }

  // A box with its text from `left` on; returns its height. The drawing then stands beneath it.
  double box(const Row& row, double left) {
    const double top = y_;
    double y = top + 20;
    drawing_.text("title", kBox + 14, y, row.title);
    for (const std::string& line : wrapped(row.options, kCharacters))
      drawing_.text("", kBox + 14, y += kLine + 2, line);
    for (const std::string& line : wrapped(row.summary, kCharacters + 6))
      drawing_.text("faint", kBox + 14, y += kLine, line);
    numbers(row, top + 20);
    const bool numbers_beneath = !row.parameters.empty() || !row.flops.empty();
    const double height = std::max(y - top + 12, numbers_beneath ? 46.0 : 32.0);
    drawing_.box(Drawing::middle, row.role, left, top, kBoxEnd - left, height, 7);
    y_ = top + height;
    return height;
  }

  // On the stream: everything runs through it.
  void stage(const Row& row) {
    const double top = y_;
    y_ += kGap;
    flow(top, false);
    drawing_.arrow_head(kStream, y_, true);
    box(row, kStage);
  }

  // Beside the stream: it reads there, and adds to it where `returns`.
  void branch(const Row& row, bool returns, bool several = false) {
    const double from = y_;
    y_ += kGap;
    const double top = y_, height = box(row, kBox), out = top + 14, back = top + height - 14;
    const double edge = several ? kStream + span() / 2 : kStream;
    drawing_.line(Drawing::middle, "branch", fmt::format("M{} {}H{}", edge, out, kBox));
    drawing_.arrow_head(kBox, out, false);
    if (several && streams_ > 1)
      drawing_.box(Drawing::front, "node", kStream - span() / 2 - 7, out - 3.5, span() + 14, 7, 3.5);
    if (returns) {
      drawing_.line(Drawing::middle, "branch", fmt::format("M{} {}H{}", kBox, back, edge));
      drawing_.plus(kStream, back, (several ? span() : 0) + 17, 17);
      y_ += 4;
    }
    flow(from, several);
  }

  // Where one stream becomes several, or several one.
  void join_of_streams(const std::string& text, bool several) {
    const double from = y_;
    y_ += 24;
    drawing_.text("faint", kBox + 14, y_ + 4, text);
    drawing_.box(Drawing::front, "node", kStream - span() / 2 - 7, y_ - 3.5, span() + 14, 7, 3.5);
    flow(from, several);
  }

  void heading() {
    drawing_.text("name", kLoop - 16, 38, short_name());
    drawing_.text(
        "faint", kLoop - 16, 58,
        fmt::format("width {} · {} layers · vocabulary {} · context {}", grouped_signed(config_.width),
                    config_.layers.size(), grouped_signed(config_.vocab), grouped_signed(config_.context)));
    drawing_.text("faint-number", kParameters, 58, "parameters");
    drawing_.text("faint-number", kFlops, 58, "FLOPs a token");
    drawing_.line(Drawing::middle, "rule", fmt::format("M{} 66H{}", kLoop - 16, kFlops));
    drawing_.text("", kStream - 20, 84, "tokens");
    y_ = 88;
  }

  static std::string grouped_signed(int64_t value) { return grouped(static_cast<uint64_t>(value)); }
  std::string short_name() const {
    const std::vector<std::string> lines = wrapped(config_.name, 44);
    return lines.empty() ? "model" : lines.size() == 1 ? lines[0] : lines[0] + " …";
  }

  void embedding() {
    std::string about =
        fmt::format("{} × {}, {}", grouped_signed(config_.vocab), grouped_signed(config_.width),
                    config_.embed.tied ? "tied: the output projection is the same table"
                                       : "the output projection has a table of its own");
    if (config_.embed.norm) about += "; normed";
    if (config_.embed.value) about += "; every mixer reads it again through a learnt gate";
    stage({"stage", "token embedding", "", about, costs_.embedding, "", ""});
    if (config_.embed.memory) {
      const PartConfig& memory = *config_.embed.memory;
      branch({"beside", "memory: " + spaced(memory.kind), summary_of(token_memories(), memory),
              options_text(memory), costs_.memory, "", ""},
             true);
    }
    if (const auto& patches = config_.embed.patches)
      branch({"beside",
              "chart-patch encoder",
              "Images before a row's text: each patch stands in place of a token.",
              fmt::format("{0} × {0} pixels in patches of {1} × {1}, {2} of them", patches->image_size,
                          patches->patch_size, patches->patches()),
              {costs_.patches.parameters, 0},
              "",
              flops_text(costs_.patches.flops) + " a patch"},
             true);
    if (streams_ > 1) join_of_streams(fmt::format("spread into {} streams", streams_), false);
  }

  void body() {
    const double from = y_, top = y_ + kGap;
    drawing_.text("title", kBox + 14, y_ += 34, "join: " + spaced(config_.join.kind));
    const double title = y_;
    for (const std::string& line : wrapped(options_text(config_.join), kCharacters))
      drawing_.text("", kBox + 14, y_ += kLine + 2, line);
    for (const std::string& line : wrapped(summary_of(joins(), config_.join), kCharacters + 6))
      drawing_.text("faint", kBox + 14, y_ += kLine, line);
    numbers({"", "", "", "", costs_.joins, "with their norms", ""}, title);
    y_ = std::max(y_, title + 18);
    flow(from, true);
    for (const LayerPattern& pattern : layer_patterns(config_.layers)) layers(pattern);
    if (config_.loop.halt) halting();
    if (config_.loop.steps > 1) loop(top);
  }

  void layers(const LayerPattern& pattern) {
    const double from = y_;
    y_ += kGap;
    const double top = y_;
    y_ += 26;
    const size_t last = pattern.first + pattern.period * pattern.times - 1;
    drawing_.text("faint", kBox, top + 18,
                  last == pattern.first ? fmt::format("layer {}", last)
                                        : fmt::format("layers {} to {}", pattern.first, last));
    if (pattern.times > 1) drawing_.text("count", kBoxEnd, top + 21, fmt::format("× {}", pattern.times));
    flow(from, true);
    for (size_t i = pattern.first; i < pattern.first + pattern.period; ++i) {
      const LayerConfig& layer = config_.layers[i];
      branch(layer_row("mixer", layer.mixer, summary_of(mixers(), layer.mixer), costs_.layers[i].mixer,
                       pattern.times),
             true, true);
      if (layer.feed.kind != kNoFeed)
        branch(layer_row("feed", layer.feed, summary_of(feeds(), layer.feed), costs_.layers[i].feed,
                         pattern.times),
               true, true);
    }
    const double under = y_;
    y_ += 12;
    flow(under, true);
    drawing_.box(Drawing::back, "frame", kFrame, top, kBoxEnd + 12 - kFrame, y_ - top, 10);
  }

  Row layer_row(const std::string& role, const PartConfig& part, const std::string& summary,
                const PartCost& cost, size_t copies) const {
    Row row{
        role, spaced(part.kind), summary, options_text(part), times(static_cast<double>(copies), cost), "",
        ""};
    row.cost.flops *= steps();
    if (copies > 1) row.parameters = fmt::format("{} × {}", copies, grouped(cost.parameters));
    if (copies > 1 || config_.loop.steps > 1) {
      if (copies > 1) row.flops = fmt::format("{} × ", copies);
      if (config_.loop.steps > 1) row.flops += fmt::format("{} × ", config_.loop.steps);
      row.flops += flops_text(cost.flops);
    }
    return row;
  }

  void halting() {
    const HaltConfig& halt = *config_.loop.halt;
    const double from = y_;
    y_ += kGap;
    flow(from, true);
    box({"node", "halt?", "Each step reads out through what follows; its hazard is the chance to end there.",
         fmt::format("a token ends at the first step whose hazard reaches {:.4g}", halt.threshold),
         costs_.halting, "", ""},
        kStage);
  }

  // The way back, from beneath the last layer to above the first.
  void loop(double top) {
    const double from = y_;
    y_ += 22;
    flow(from, true);
    const double low = y_ - 8;
    drawing_.line(Drawing::front, "loop",
                  fmt::format("M{0} {1}H{2}a8 8 0 0 1 -8 -8V{3}a8 8 0 0 1 8 -8H{4}", kStream - span() / 2,
                              low, kLoop + 8, top + 8, kStream - span() / 2 - 8));
    drawing_.line(Drawing::front, "loop-head",
                  fmt::format("M{} {}l-8 -4.5v9z", kStream - span() / 2 - 1, top));
    drawing_.upward_text(
        "turned", kLoop - 12, (top + low) / 2,
        fmt::format("loop × {}{}", config_.loop.steps, config_.loop.halt ? ", or fewer" : ""));
  }

  void ending() {
    if (streams_ > 1) join_of_streams(fmt::format("{} streams collapse into one", streams_), true);
    if (config_.refine)
      branch({"beside", "refinement: " + spaced(config_.refine->kind),
              summary_of(refinements(), *config_.refine), options_text(*config_.refine), costs_.refinement,
              "", ""},
             true);
    stage({"stage", config_.norm == NormKind::layer ? "LayerNorm" : "RMSNorm", "", "", costs_.norm, "", ""});
    branch({"stage", "next token", "",
            fmt::format("{} logits, {}", grouped_signed(config_.vocab),
                        config_.embed.tied ? "by the embedding table" : "by a projection of its own"),
            costs_.output, config_.embed.tied ? "tied" : "", ""},
           false);
    if (config_.heads.mtp.k > 1)
      branch({"training",
              config_.heads.mtp.k == 2 ? "the token after next"
                                       : fmt::format("tokens 2 to {} ahead", config_.heads.mtp.k),
              "Only in training, and where decoding drafts.",
              fmt::format("{} further head{}{}", config_.heads.mtp.k - 1,
                          config_.heads.mtp.k == 2 ? ", " : "s, each ",
                          config_.heads.mtp.form == MtpForm::block ? "a block with norms" : "one matrix"),
              costs_.ahead, "", ""},
             false);
    if (const auto& jepa = config_.heads.jepa)
      branch({"training", "JEPA", "Predicts later hidden states; only in training.",
              fmt::format("horizon {}, rank {}, weight {:.4g}", jepa->horizon, grouped_signed(jepa->rank),
                          jepa->weight),
              costs_.predictor, "", ""},
             false);
    if (const auto& decision = config_.heads.decision)
      branch({"training", "decision", "Classification, pooled at one position.",
              fmt::format("{} classes{}", decision->classes, decision->enabled ? "" : "; its losses are off"),
              costs_.decision, "", "not counted"},
             false);
  }

  void totals() {
    const ParameterCount& count = costs_.parameters;
    const auto line = [this](const std::string& name, uint64_t parameters, double flops) {
      y_ += 22;
      drawing_.text("", kBox + 14, y_, name);
      drawing_.text("total", kParameters, y_, grouped(parameters));
      if (flops > 0) drawing_.text("total", kFlops, y_, flops_text(flops));
    };
    y_ += 24;
    drawing_.line(Drawing::middle, "rule", fmt::format("M{} {}H{}", kLoop - 16, y_, kFlops));
    line("at inference", count.inference, costs_.flops);
    if (count.active != count.inference) line("of them for one token, once", count.active, 0);
    if (count.all != count.inference)
      line("with what only training needs", count.all,
           costs_.flops + costs_.ahead.flops + costs_.predictor.flops);
    y_ += 26;
    drawing_.text(
        "faint", kLoop - 16, y_,
        fmt::format("FLOPs: products, attention, recurrences and mixes of streams in a forward, mean over "
                    "a sequence of {} tokens;",
                    grouped(costs_.tokens)));
    drawing_.text("faint", kLoop - 16, y_ += kLine, "a multiply-add is two. Bars: shares of the whole.");
  }

  const ModelConfig& config_;
  const PartCosts& costs_;
  Drawing drawing_;
  size_t streams_ = 1;
  double gap_ = 0, y_ = 0;
};

}  // namespace

std::string model_picture(const ModelConfig& config, const PartCosts& costs) {
  return Picture(config, costs).draw();
}

std::vector<LayerPattern> layer_patterns(const std::vector<LayerConfig>& layers) {
  constexpr size_t kLongestPeriod = 8;
  std::vector<LayerPattern> patterns;
  for (size_t first = 0; first < layers.size();) {
    LayerPattern best{first, 1, 1};
    for (size_t period = 1; period <= kLongestPeriod; ++period) {
      size_t end = first + period;
      while (end < layers.size() && layers[end].mixer == layers[end - period].mixer &&
             layers[end].feed == layers[end - period].feed)
        ++end;
      const size_t count = (std::min(end, layers.size()) - first) / period;
      if (count >= 2 && count * period > best.period * best.times) best = {first, period, count};
    }
    patterns.push_back(best);
    first += best.period * best.times;
  }
  return patterns;
}

std::string flops_text(double flops) {
  if (flops < 0.5) return "0";
  const char* const units[] = {"", " k", " M", " G", " T", " P", " E"};
  size_t unit = 0;
  while (flops >= 999.5 && unit + 1 < std::size(units)) flops /= 1000, ++unit;
  return fmt::format("{:.{}f}{}", flops,
                     unit == 0 || flops >= 99.95 ? 0
                     : flops >= 9.995            ? 1
                                                 : 2,
                     units[unit]);
}

std::string options_text(const PartConfig& part) {
  const Json options = Json::parse(part.options);
  std::string text;
  for (const auto& [name, value] : options.items()) {
    if (name == "kind" || name.starts_with("initial") || value.is_null() || value == Json(false) ||
        value == Json(0))
      continue;
    if (!text.empty()) text += ", ";
    std::string option = name;
    if (!value.is_boolean()) option += " " + value_text(value);
    for (const char c : option) text += c == ' ' || c == '_' ? kUnbroken : std::string(1, c);
  }
  return text;
}

}  // namespace bantam
