#include "report/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/progress.h"
#include "base/yaml.h"
#include "model/drawing.h"
#include "report/chart.h"
#include "report/diagram.h"

namespace bantam {
namespace {

constexpr int kColours = 6;
constexpr size_t kSamplesShown = 6;  // of a prompt

std::string section(const std::string& title, const std::string& lead, const std::string& content) {
  if (content.empty()) return "";
  return fmt::format("<section>\n<h2>{}</h2>\n{}{}</section>\n", xml_text(title),
                     lead.empty() ? "" : "<p class=\"lead\">" + xml_text(lead) + "</p>\n", content);
}

std::string tile(const std::string& name, const std::string& value, const std::string& beneath) {
  return fmt::format("<div class=\"tile\"><span>{}</span><strong>{}</strong><small>{}</small></div>\n",
                     xml_text(name), xml_text(value), xml_text(beneath));
}

std::string from_before(const Curve& curve, Unit unit) {
  if (curve.x.size() < 2 || curve.x.front() != 0) return "";
  return "from " + figure_text(curve.y.front(), unit) + " before the first step";
}

std::string count_text(double value) { return figure_text(value, Unit::count); }

Curve over_tokens(const Curve& curve, const RunRecord& run) {
  Curve scaled = curve;
  for (double& x : scaled.x) x *= run.tokens_per_step;
  return scaled;
}

std::string cell(const std::string& text) { return "<td class=\"n\">" + xml_text(text) + "</td>"; }

std::string last_of(const Curve& curve, Unit unit) {
  return curve.empty() ? "–" : figure_text(curve.y.back(), unit);
}

// All values of a recipe by their paths.
void flatten(const Json& value, const std::string& path, std::map<std::string, std::string>& leaves) {
  if (value.is_object() && !value.empty())
    for (const auto& [key, item] : value.items())
      flatten(item, path.empty() ? key : path + "." + key, leaves);
  else
    leaves[path] = value.is_string() ? value.get<std::string>()
                                     : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::map<std::string, std::string> recipe_values(const RunRecord& run) {
  std::map<std::string, std::string> leaves;
  try {
    if (!run.recipe.empty()) flatten(parse_yaml(run.recipe, run.name + "/resolved.yaml"), "", leaves);
  } catch (const Error&) {  // a recipe that cannot be read has no values; the table then says so with dashes
  }
  return leaves;
}

// The indices of at most `most` of `count`, the first and the last among them.
std::vector<size_t> evenly(size_t count, size_t most) {
  std::vector<size_t> chosen;
  if (count <= most)
    for (size_t i = 0; i < count; ++i) chosen.push_back(i);
  else
    for (size_t i = 0; i < most; ++i) chosen.push_back(i * (count - 1) / (most - 1));
  return chosen;
}

// What was planned, as a level over the run so far.
Series planned(const RunRecord& run, double PlannedRun::*figure) {
  Series level{"plan", {}, 6};
  if (!run.plan || (*run.plan).*figure <= 0) return level;
  level.curve.x = {0, static_cast<double>(run.last_step)};
  level.curve.y = {(*run.plan).*figure, (*run.plan).*figure};
  return level;
}

std::string plan_row(const std::string& name, const std::string& planned, const std::string& measured,
                     double ratio, const std::string& note) {
  return fmt::format(
      "<tr><td>{}<small>{}</small></td>{}{}<td class=\"n ratio\">{}</td></tr>\n", xml_text(name),
      xml_text(note), cell(planned), cell(measured),
      std::isfinite(ratio) && ratio > 0 && ratio < 1e6 ? fmt::format("{:.0f} %", 100 * ratio) : "");
}

}  // namespace

double mean_rate(const RunRecord& run) { return run.seconds > 0 ? run.tokens() / run.seconds : 0; }

double most_memory(const RunRecord& run) {
  const Curve& memory = run.step_curve("memory_bytes");
  return memory.empty() ? 0 : *std::max_element(memory.y.begin(), memory.y.end());
}

std::string key_figures(const RunRecord& run) {
  std::string tiles;
  const auto add = [&](const char* name, const Curve& curve, Unit unit, const std::string& beneath) {
    if (!curve.empty()) tiles += tile(name, figure_text(curve.y.back(), unit), beneath);
  };
  const Curve& bits = run.evaluation_curve("valid_bits_per_byte");
  const Curve& valid = run.evaluation_curve("valid_loss");
  add("bits per byte, held out", bits, Unit::plain, from_before(bits, Unit::plain));
  add("loss, held out", valid, Unit::plain, from_before(valid, Unit::plain));
  if (const Curve& accuracy = run.evaluation_curve("valid_decision_accuracy"); !accuracy.empty())
    add("decisions right", accuracy, Unit::percent,
        "the most frequent class: " +
            last_of(run.evaluation_curve("valid_decision_majority"), Unit::percent));
  add("training loss, smoothed", run.step_curve("smoothed_loss"), Unit::plain, "nats a token");
  if (run.last_step > 0) {
    tiles += tile("tokens", count_text(run.tokens()),
                  fmt::format("{} steps of {}", grouped(run.last_step), count_text(run.tokens_per_step)));
    tiles += tile("tokens a second", count_text(mean_rate(run)), duration_text(run.seconds) + " of steps");
  }
  if (most_memory(run) > 0)
    tiles += tile("memory, at most", bytes_text(most_memory(run)), "of the whole program");
  return tiles.empty() ? "" : "<div class=\"tiles\">\n" + tiles + "</div>\n";
}

std::string curves_of_one(const RunRecord& run) {
  const auto step = [&](const char* name) -> const Curve& { return run.step_curve(name); };
  std::vector<Chart> charts;
  charts.push_back({"Loss",
                    Unit::plain,
                    {{"each step", step("loss"), 1, true},
                     {"smoothed", step("smoothed_loss"), 1},
                     {"held out", run.evaluation_curve("valid_loss"), 2, false, true}}});
  charts.push_back({"Bits per byte, held out",
                    Unit::plain,
                    {{"this model", run.evaluation_curve("valid_bits_per_byte"), 2, false, true}}});
  Chart terms{"Terms of the loss", Unit::plain, {}};
  for (const auto& [name, curve] : run.steps)
    if (name.starts_with("terms.") && terms.series.size() < kColours)
      terms.series.push_back({name.substr(6), curve, 1 + static_cast<int>(terms.series.size())});
  if (terms.series.size() > 1) charts.push_back(std::move(terms));
  charts.push_back({"Learning rate", Unit::scientific, {{"lr", step("lr"), 3}}, true});
  charts.push_back({"Norms",
                    Unit::plain,
                    {{"gradient", step("grad_norm"), 4}, {"update", step("update_norm"), 5}},
                    true,
                    "steps",
                    true});
  charts.push_back(
      {"Tokens a second",
       Unit::count,
       {{"each step", step("tokens_per_second"), 3}, planned(run, &PlannedRun::tokens_per_second)},
       true});
  charts.push_back(
      {"Memory",
       Unit::bytes,
       {{"held by the program", step("memory_bytes"), 4}, planned(run, &PlannedRun::memory_bytes)},
       true});
  std::string html;
  for (const Chart& chart : charts) html += chart_html(chart);
  return section("Curves", "", html.empty() ? "" : "<div class=\"charts\">\n" + html + "</div>\n");
}

std::string curves_of_several(const std::vector<RunRecord>& runs) {
  struct Shown {
    const char *title, *name;
    bool of_evaluations;
    Unit unit;
    bool from_zero, may_be_logarithmic;
  };
  std::string html;
  for (const Shown& shown :
       {Shown{"Bits per byte, held out", "valid_bits_per_byte", true, Unit::plain, false, false},
        Shown{"Loss, held out", "valid_loss", true, Unit::plain, false, false},
        Shown{"Training loss, smoothed", "smoothed_loss", false, Unit::plain, false, false},
        Shown{"Learning rate", "lr", false, Unit::scientific, true, false},
        Shown{"Norm of the gradient", "grad_norm", false, Unit::plain, true, true},
        Shown{"Tokens a second", "tokens_per_second", false, Unit::count, true, false},
        Shown{"Memory", "memory_bytes", false, Unit::bytes, true, false}}) {
    Chart chart{shown.title, shown.unit, {}, shown.from_zero, "tokens", shown.may_be_logarithmic};
    for (size_t i = 0; i < runs.size(); ++i)
      chart.series.push_back({runs[i].name,
                              over_tokens(shown.of_evaluations ? runs[i].evaluation_curve(shown.name)
                                                               : runs[i].step_curve(shown.name),
                                          runs[i]),
                              1 + static_cast<int>(i) % kColours, false, shown.of_evaluations});
    html += chart_html(chart);
  }
  return section("Curves", "Over the tokens that were learnt from.",
                 html.empty() ? "" : "<div class=\"charts\">\n" + html + "</div>\n");
}

std::string figures_of_several(const std::vector<RunRecord>& runs) {
  std::string rows;
  for (size_t i = 0; i < runs.size(); ++i) {
    const RunRecord& run = runs[i];
    rows += fmt::format("<tr><td><span class=\"key s{}\"><i></i>{}</span></td>",
                        1 + static_cast<int>(i) % kColours, xml_text(run.name)) +
            cell(run.plan ? count_text(run.plan->parameters) : "–") + cell(count_text(run.tokens())) +
            cell(last_of(run.evaluation_curve("valid_bits_per_byte"), Unit::plain)) +
            cell(last_of(run.evaluation_curve("valid_loss"), Unit::plain)) +
            cell(last_of(run.step_curve("smoothed_loss"), Unit::plain)) + cell(count_text(mean_rate(run))) +
            cell(bytes_text(most_memory(run))) + cell(duration_text(run.seconds)) + "</tr>\n";
  }
  return section(
      "At the end", "",
      "<div class=\"wide\"><table>\n<thead><tr><th>run</th><th class=\"n\">parameters</th><th "
      "class=\"n\">tokens</th><th class=\"n\">bits per byte</th><th class=\"n\">loss, held out</th>"
      "<th class=\"n\">training loss</th><th class=\"n\">tokens a second</th><th class=\"n\">memory"
      "</th><th class=\"n\">time of steps</th></tr></thead>\n<tbody>\n" +
          rows + "</tbody></table></div>\n");
}

std::string recipe_differences(const std::vector<RunRecord>& runs) {
  std::vector<std::map<std::string, std::string>> recipes;
  std::set<std::string> paths;
  for (const RunRecord& run : runs) {
    recipes.push_back(recipe_values(run));
    for (const auto& [path, value] : recipes.back()) paths.insert(path);
  }
  std::string head = "<th>key</th>", rows;
  for (const RunRecord& run : runs) head += "<th>" + xml_text(run.name) + "</th>";
  for (const std::string& path : paths) {
    std::set<std::string> values;
    std::string row = "<td><code>" + xml_text(path) + "</code></td>";
    for (const auto& recipe : recipes) {
      const auto found = recipe.find(path);
      const std::string value = found == recipe.end() ? "–" : found->second;
      values.insert(value);
      row += "<td>" + xml_text(value) + "</td>";
    }
    if (values.size() > 1) rows += "<tr>" + row + "</tr>\n";
  }
  if (rows.empty()) return section("What differs", "Nothing in the recipes.", "\n");
  return section("What differs", "Values of the recipes that are not the same in all of them.",
                 "<div class=\"wide\"><table>\n<thead><tr>" + head + "</tr></thead>\n<tbody>\n" + rows +
                     "</tbody></table></div>\n");
}

std::string plan_and_reality(const RunRecord& run) {
  if (!run.plan || run.last_step == 0) return "";
  const PlannedRun& plan = *run.plan;
  const bool ended = static_cast<double>(run.last_step) >= plan.steps;
  std::string rows = plan_row(
      "Tokens a second", count_text(plan.tokens_per_second), count_text(mean_rate(run)),
      mean_rate(run) / plan.tokens_per_second,
      plan.rate_measured ? "planned from a few of its own steps" : "planned from the rate of products");
  rows += plan_row("Memory", bytes_text(plan.memory_bytes), bytes_text(most_memory(run)),
                   most_memory(run) / plan.memory_bytes, "of the whole program, at most");
  rows += plan_row("Steps", count_text(plan.steps), grouped(run.last_step),
                   static_cast<double>(run.last_step) / plan.steps,
                   "of " + count_text(plan.tokens_per_step) + " tokens");
  rows +=
      plan_row("Time of the steps", duration_text(plan.step_seconds), duration_text(run.seconds),
               run.seconds / plan.step_seconds,
               ended ? "without evaluations, samples and checkpoints" : "so far; the plan is of all steps");
  return section(
      "Plan and reality", "What was said before the first step, and what came.",
      "<table class=\"plan\">\n<thead><tr><th></th><th class=\"n\">plan</th><th class=\"n\">measured</th>"
      "<th class=\"n\">of the plan</th></tr></thead>\n<tbody>\n" +
          rows + "</tbody></table>\n");
}

std::string final_measure(const RunRecord& run) {
  if (!run.final) return "";
  const FinalMeasure& measure = *run.final;
  std::vector<Bar> bits, answers;
  const auto add = [&](const char* name, const std::optional<double>& value, bool strong) {
    if (value) bits.push_back({name, figure_text(*value, Unit::plain), *value, strong});
  };
  add("before training", measure.untrained, false);
  add("unigram baseline", measure.unigram, false);
  add("this model", measure.trained, true);
  std::string html;
  if (!bits.empty())
    html += "<h3>Bits per byte of held-out text <small>less is better</small></h3>\n" + bars_html(bits, 0);
  for (const AskedQuestions& kind : measure.questions) {
    const double share = kind.right / kind.asked, error = std::sqrt(share * (1 - share) / kind.asked);
    answers.push_back({kind.name, fmt::format("{:.1f} % ± {:.1f}", 100 * share, 100 * error), share, true,
                       error, kind.baseline,
                       fmt::format("{} of {}; without learning {:.1f} %: {}", count_text(kind.right),
                                   count_text(kind.asked), 100 * kind.baseline, kind.baseline_is)});
  }
  if (!answers.empty()) html += "<h3>Held-out questions, answered exactly</h3>\n" + bars_html(answers, 1);
  return section(
      "Beside what stands without learning",
      "Measured after the last step, on more of the held-out text than the evaluations of the curves.", html);
}

std::string decisions(const RunRecord& run) {
  const Curve& accuracy = run.evaluation_curve("valid_decision_accuracy");
  if (accuracy.empty()) return "";
  const auto last = [&](const char* name, Unit unit) { return last_of(run.evaluation_curve(name), unit); };
  std::string html = "<div class=\"tiles\">\n";
  html += tile("right", figure_text(accuracy.y.back(), Unit::percent),
               last("valid_decision_rows", Unit::count) + " held-out rows");
  html += tile("the most frequent class", last("valid_decision_majority", Unit::percent),
               "what is right without looking");
  html += tile("expected calibration error", last("valid_decision_ece", Unit::percent),
               "mean distance of confidence from being right");
  html += tile("Brier score", last("valid_decision_brier", Unit::plain), "0 is perfect");
  html += "</div>\n<div class=\"charts\">\n";
  if (!run.calibration.empty())
    html +=
        "<figure class=\"chart\">\n<figcaption><h3>Reliability</h3>\n<span class=\"key right\"><i></i>right"
        "</span>\n<span class=\"key sure\"><i></i>too sure</span>\n<span class=\"key shy\"><i></i>not sure "
        "enough"
        "</span>\n<span class=\"key rows\"><i></i>rows at a confidence</span></figcaption>\n" +
        reliability_diagram(run.calibration) + "</figure>\n";
  html += "<div class=\"column\">\n";
  html += chart_html(
      {"Decisions right",
       Unit::percent,
       {{"this model", accuracy, 1, false, true},
        {"the most frequent class", run.evaluation_curve("valid_decision_majority"), 6, false, false}}});
  html += chart_html({"Expected calibration error",
                      Unit::percent,
                      {{"this model", run.evaluation_curve("valid_decision_ece"), 4, false, true}},
                      true});
  return section("Decisions", "", html + "</div>\n</div>\n");
}

std::string samples_by_step(const RunRecord& run) {
  std::vector<std::string> prompts;
  std::map<std::string, std::vector<const RecordedSample*>> by_prompt;
  for (const RecordedSample& sample : run.samples) {
    if (!by_prompt.contains(sample.prompt)) prompts.push_back(sample.prompt);
    by_prompt[sample.prompt].push_back(&sample);
  }
  std::string html;
  for (const std::string& prompt : prompts) {
    const auto& all = by_prompt[prompt];
    html += "<div class=\"samples\">\n";
    for (const size_t i : evenly(all.size(), kSamplesShown))
      html += fmt::format("<div class=\"step\">step {}</div><p><b>{}</b>{}</p>\n", grouped(all[i]->step),
                          xml_text(prompt), xml_text(all[i]->text));
    html += "</div>\n";
    if (all.size() > kSamplesShown)
      html += fmt::format("<p class=\"lead\">{} of {} are shown; log.jsonl has all.</p>\n", kSamplesShown,
                          all.size());
  }
  return section("Samples", "What the model said on its way, with the same seed each time.", html);
}

std::string skipped_steps(const RunRecord& run) {
  if (run.skipped.empty()) return "";
  std::string rows;
  for (const size_t i : evenly(run.skipped.size(), 20))
    rows += fmt::format("<tr><td class=\"n\">{}</td><td>{}</td></tr>\n", grouped(run.skipped[i].step),
                        xml_text(run.skipped[i].why));
  return section("Steps that were skipped",
                 fmt::format("{} of {} were not learnt from{}.", grouped(run.skipped.size()),
                             grouped(run.last_step), run.skipped.size() > 20 ? "; twenty of them" : ""),
                 "<table>\n<thead><tr><th class=\"n\">step</th><th>why</th></tr></thead>\n<tbody>\n" + rows +
                     "</tbody></table>\n");
}

std::string what_is_missing(const RunRecord& run) {
  std::string items;
  for (const std::string& sentence : run.missing) items += "<li>" + xml_text(sentence) + "</li>\n";
  return section("What this page cannot show", "", items.empty() ? "" : "<ul>\n" + items + "</ul>\n");
}

}  // namespace bantam
