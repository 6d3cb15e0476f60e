#include "report/page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/progress.h"
#include "model/drawing.h"
#include "model/part_costs.h"
#include "model/picture.h"
#include "report/chart.h"
#include "report/sections.h"

namespace bantam {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --page: #ffffff; --text: #1f2328; --faint: #656d76; --rule: #d8dee4; --soft: #f6f8fa;
  --c1: #0969da; --c2: #bc4c00; --c3: #1a7f37; --c4: #8250df; --c5: #bf8700; --c6: #57606a; --sure: #cf222e66; --shy: #54aeff66; }
@media (prefers-color-scheme: dark) { :root { --page: #0d1117; --text: #e6edf3; --faint: #8d96a0; --rule: #30363d;
  --soft: #161b22; --c1: #58a6ff; --c2: #f0883e; --c3: #3fb950; --c4: #bc8cff; --c5: #d29922; --c6: #8b949e;
  --sure: #f8514980; --shy: #388bfd66; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 2.6rem 1.4rem 3rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
header { border-bottom: 1px solid var(--rule); padding-bottom: 1.1rem; margin-bottom: 1.6rem; }
h1 { margin: 0; font-size: 1.9rem; font-weight: 650; line-height: 1.2; letter-spacing: -.015em;
  overflow-wrap: anywhere; }
header p { margin: .35rem 0 0; color: var(--faint); overflow-wrap: anywhere; }
section { margin-top: 2.9rem; }
h2 { margin: 0 0 .8rem; font-size: 1.25rem; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 0; font-size: .95rem; font-weight: 600; }
section > h3 { margin: 1.6rem 0 .6rem; }
h3 small { font-weight: 400; color: var(--faint); margin-left: .4em; }
.lead { margin: -.5rem 0 1.1rem; color: var(--faint); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.2rem, 1fr)); gap: 1.3rem 1.4rem;
  margin-bottom: 1.6rem; }
.tile { border-top: 2px solid var(--rule); padding-top: .55rem; }
.tile span, .tile small { display: block; color: var(--faint); font-size: .8rem; line-height: 1.35; }
.tile strong { display: block; font-size: 1.45rem; font-weight: 600; line-height: 1.35;
  font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 2rem 2.2rem; }
.chart { margin: 0; min-width: 0; display: flex; flex-direction: column; }
figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: .1rem 1rem; margin-bottom: .4rem;
  font-size: .85rem; }
figcaption output { margin-left: auto; color: var(--faint); font-variant-numeric: tabular-nums; }
.key { color: var(--faint); white-space: nowrap; }
.key b { font-weight: 600; color: var(--text); font-variant-numeric: tabular-nums; }
.key i { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .45em;
  background: var(--series); }
.key.faint i { opacity: .35; }
.chart svg { display: block; width: 100%; height: auto; margin-top: auto; touch-action: pan-y; }
svg text { font: 11.5px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  fill: var(--faint); font-variant-numeric: tabular-nums; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.s1 { --series: var(--c1); } .s2 { --series: var(--c2); } .s3 { --series: var(--c3); }
.s4 { --series: var(--c4); } .s5 { --series: var(--c5); } .s6 { --series: var(--c6); }
.grid { stroke: var(--rule); fill: none; }
.curve { stroke: var(--series); stroke-width: 1.3; fill: none; stroke-linejoin: round; }
.curve.faint { stroke-width: 1; opacity: .35; }
.dot { fill: var(--series); stroke: var(--page); }
.hair { stroke: var(--faint); stroke-dasharray: 2 3; }
.chart .reliability { max-width: 23rem; margin-top: 0; }
.column { display: grid; gap: 2rem; align-content: start; min-width: 0; }
rect.right { fill: var(--c1); } rect.sure { fill: var(--sure); } rect.shy { fill: var(--shy); }
rect.rows { fill: var(--c6); opacity: .5; }
.key.right { --series: var(--c1); } .key.sure { --series: var(--sure); } .key.shy { --series: var(--shy); }
.key.rows { --series: var(--c6); }
.diagonal { stroke: var(--faint); stroke-dasharray: 4 4; fill: none; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { color: var(--faint); font-weight: 500; font-size: .8rem; }
th, td { text-align: left; padding: .5rem .8rem .5rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
td small { display: block; color: var(--faint); font-size: .8rem; line-height: 1.35; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ratio { color: var(--faint); }
.plan { max-width: 44rem; }
.wide { overflow-x: auto; }
.wide th, .wide td { padding-right: 1.3rem; white-space: nowrap; }
.bars { max-width: 44rem; display: grid; gap: .7rem; }
.bar { display: grid; grid-template-columns: 11rem 1fr 6.6rem; gap: 0 1rem; align-items: center; font-size: .92rem; }
.bar .track { position: relative; height: .95rem; background: var(--soft); border-radius: 3px; }
.bar .fill { position: absolute; inset: 0 auto 0 0; background: var(--c6); opacity: .55; border-radius: 3px; }
.bar.strong .fill { background: var(--c1); opacity: 1; }
.bar .error { position: absolute; top: 50%; height: 0; border-top: 2px solid var(--text); }
.bar .floor { position: absolute; top: -.25rem; bottom: -.25rem; width: 2px; margin-left: -1px;
  background: var(--c2); }
.bar .value { font-variant-numeric: tabular-nums; white-space: nowrap; }
.bar .beneath { grid-column: 2 / -1; color: var(--faint); font-size: .8rem; }
.samples { display: grid; grid-template-columns: max-content 1fr; gap: .9rem 1.4rem; margin-bottom: 1.6rem; }
.samples .step { color: var(--faint); font-size: .85rem; padding-top: .15rem; text-align: right;
  font-variant-numeric: tabular-nums; }
.samples p { margin: 0; max-width: 62ch; white-space: pre-wrap; overflow-wrap: anywhere;
  font-family: Charter, "Bitstream Charter", "Iowan Old Style", Georgia, "DejaVu Serif", serif; font-size: 1rem; }
.samples b { font-weight: 400; color: var(--faint); }
.picture { overflow-x: auto; border: 1px solid var(--rule); border-radius: 8px; background: var(--page); }
.picture svg { display: block; min-width: 44rem; max-width: 100%; height: auto; margin: 0 auto; }
pre { margin: 0; background: var(--soft); padding: 1rem 1.2rem; overflow-x: auto; border-radius: 8px;
  font: .84rem/1.55 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; }
code { font: .9em ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace; }
ul { margin: 0; padding-left: 1.2rem; } li { margin: .25rem 0; overflow-wrap: anywhere; }
footer { margin-top: 3.4rem; padding-top: .9rem; border-top: 1px solid var(--rule); color: var(--faint);
  font-size: .82rem; }
@media (max-width: 36rem) {
  body { padding: 1.5rem 1rem 2rem; } h1 { font-size: 1.5rem; } section { margin-top: 2.3rem; }
  .tiles { grid-template-columns: 1fr 1fr; gap: 1rem 1.2rem; } .tile strong { font-size: 1.2rem; }
  .chart svg text { font-size: 13px; }
  .bar { grid-template-columns: 1fr auto; } .bar .track { grid-column: 1 / -1; grid-row: 2; margin: .2rem 0; }
  .bar .beneath { grid-column: 1 / -1; }
  .samples { grid-template-columns: 1fr; gap: .2rem; } .samples .step { text-align: left; padding-top: .7rem; }
}
@media print { body { max-width: none; padding: 0; } section, figure { break-inside: avoid; } }
)";

// Values under the pointer. Without < and &, so that it stands in a page that is XML as well.
constexpr const char* kScript = R"(
for (const figure of document.querySelectorAll('figure.chart')) {
  const svg = figure.querySelector('svg[data-left]'), keys = [...figure.querySelectorAll('.key[data-x]')];
  if (!svg) continue;
  const at = figure.querySelector('output'), hair = svg.querySelector('.hair'), about = svg.dataset;
  const left = +about.left, right = +about.right, first = +about.first, last = +about.last;
  const series = keys.map(key => ({ shown: key.querySelector('b'), end: key.querySelector('b').textContent,
    x: key.dataset.x.split(' ').map(Number), text: key.dataset.text.split('|') }));
  const nearest = (xs, x) => xs.reduce((best, v, i) => Math.abs(xs[best] - x) > Math.abs(v - x) ? i : best, 0);
  svg.addEventListener('pointermove', event => {
    const box = svg.getBoundingClientRect(), place = (event.clientX - box.left) / box.width * about.width;
    const share = Math.min(1, Math.max(0, (place - left) / (right - left)));
    const most = series.reduce((a, b) => b.x.length > a.x.length ? b : a);
    const x = most.x[nearest(most.x, first + share * (last - first))];
    for (const s of series) s.shown.textContent = s.text[nearest(s.x, x)];
    at.textContent = about.name + ' ' + x.toLocaleString('en');
    const pixel = left + (right - left) * (x - first) / (last - first);
    hair.setAttribute('transform', 'translate(' + pixel + ' 0)');
    hair.setAttribute('visibility', 'visible');
  });
  svg.addEventListener('pointerleave', () => {
    for (const s of series) s.shown.textContent = s.end;
    at.textContent = '';
    hair.setAttribute('visibility', 'hidden');
  });
}
)";

std::string base64(const std::string& bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t three = 0;
    for (size_t j = 0; j < 3; ++j)
      three = three << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j) out += i + j <= bytes.size() ? kDigits[three >> (18 - 6 * j) & 63] : '=';
  }
  return out;
}

std::string script_hash() {
  const std::string hex = sha256_hex(kScript);
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return base64(bytes);
}

// {0} title, {1} what may run, {2} style, {3} lines under the title, {4} content, {5} script.
constexpr const char* kPage = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{1}'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>{0}</title>
<style>{2}</style>
</head>
<body>
<header>
<h1>{0}</h1>
{3}</header>
{4}<footer>Written by bantam report from what the run folder holds. This file fetches nothing.</footer>
<script>{5}</script>
</body>
</html>
)";

std::string page(const std::string& title, const std::string& lines, const std::string& content) {
  return fmt::format(kPage, xml_text(title), script_hash(), kStyle, lines, content, kScript);
}

std::string paragraph(const std::string& text) { return "<p>" + xml_text(text) + "</p>\n"; }

std::string model_section(const ModelConfig& config) {
  const PartCosts costs = count_part_costs(config);
  return "<section>\n<h2>The model</h2>\n<div class=\"picture\">\n" + model_picture(config, costs) +
         "</div>\n</section>\n";
}

std::string recipe_section(const RunRecord& run) {
  if (run.recipe.empty()) return "";
  return "<section>\n<h2>The recipe</h2>\n<p class=\"lead\">Every value with its origin.</p>\n<pre>" +
         xml_text(run.recipe) + "</pre>\n</section>\n";
}

std::string heading_lines(const RunRecord& run, const ReportedModel& model) {
  std::string what = model.config ? model.config->name : "";
  if (run.plan)
    what += fmt::format("{}{} parameters", what.empty() ? "" : ", ",
                        figure_text(run.plan->parameters, Unit::count));
  std::string how = fmt::format("{}", grouped(run.last_step));
  if (run.plan && run.plan->steps >= static_cast<double>(run.last_step))
    how += " of " + figure_text(run.plan->steps, Unit::count);
  how += " steps";
  if (run.plan && !run.plan->compute.empty())
    how += fmt::format(" in {} on {:.0f} thread{}", run.plan->compute, run.plan->threads,
                       run.plan->threads == 1 ? "" : "s");
  return (what.empty() ? "" : paragraph(what)) + paragraph(how);
}

}  // namespace

std::string report_page(const RunRecord& run, const ReportedModel& model) {
  RunRecord told = run;
  ReportedModel named = model;
  if (named.config && named.config->name.empty()) named.config->name = run.name;
  if (!model.config)
    told.missing.push_back("The model could not be read, so there is no picture of it: " + model.missing);
  const std::string content = key_figures(run) + final_measure(run) + curves_of_one(run) + decisions(run) +
                              samples_by_step(run) + plan_and_reality(run) + skipped_steps(run) +
                              (named.config ? model_section(*named.config) : "") + recipe_section(run) +
                              what_is_missing(told);
  return page(run.name, heading_lines(run, model), content);
}

std::string report_page(const std::vector<RunRecord>& runs) {
  std::string names;
  RunRecord all;  // of which only what is missing is told
  for (const RunRecord& run : runs) {
    names += (names.empty() ? "" : ", ") + run.name;
    for (const std::string& sentence : run.missing) all.missing.push_back(run.name + ": " + sentence);
  }
  return page(
      fmt::format("{} runs", runs.size()), paragraph(names),
      figures_of_several(runs) + curves_of_several(runs) + recipe_differences(runs) + what_is_missing(all));
}

}  // namespace bantam
