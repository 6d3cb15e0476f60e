#include "model/drawing.h"

#include <fmt/format.h>

#include <algorithm>

#include "text/unicode.h"

namespace bantam {
namespace {

constexpr const char* kStyle = R"(
.model-picture text { font-family: system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  font-size: 12px; fill: #1f2328; }
.model-picture .name { font-size: 22px; font-weight: 600; }
.model-picture .title { font-size: 14px; font-weight: 600; }
.model-picture .faint { font-size: 11px; fill: #656d76; }
.model-picture .number { text-anchor: end; }
.model-picture .faint-number { font-size: 10.5px; fill: #656d76; text-anchor: end; }
.model-picture .total { font-weight: 600; text-anchor: end; }
.model-picture .count { font-size: 17px; font-weight: 600; text-anchor: end; }
.model-picture .turned { font-weight: 600; text-anchor: middle; }
.model-picture .page { fill: #ffffff; }
.model-picture .frame { fill: #f6f8fa; stroke: #d0d7de; }
.model-picture .loop { fill: none; stroke: #bf8700; stroke-width: 2; }
.model-picture .loop-head { fill: #bf8700; }
.model-picture .stream { fill: none; stroke: #57606a; stroke-width: 2; }
.model-picture .branch { fill: none; stroke: #57606a; stroke-width: 1.2; }
.model-picture .rule { fill: none; stroke: #d0d7de; }
.model-picture .head { fill: #57606a; }
.model-picture .node { fill: #ffffff; stroke: #57606a; stroke-width: 1.5; }
.model-picture .mixer { fill: #ddf4ff; stroke: #54aeff; }
.model-picture .feed { fill: #dafbe1; stroke: #4ac26b; }
.model-picture .stage { fill: #fbefff; stroke: #c297ff; }
.model-picture .beside { fill: #fff8c5; stroke: #d4a72c; }
.model-picture .training { fill: #ffffff; stroke: #8c959f; stroke-dasharray: 5 4; }
.model-picture .share { fill: #54aeff; }
@media (prefers-color-scheme: dark) {
.model-picture text { fill: #e6edf3; }
.model-picture .faint, .model-picture .faint-number { fill: #8d96a0; }
.model-picture .page { fill: #0d1117; }
.model-picture .frame { fill: #161b22; stroke: #30363d; }
.model-picture .loop { stroke: #d29922; }
.model-picture .loop-head { fill: #d29922; }
.model-picture .stream, .model-picture .branch { stroke: #8b949e; }
.model-picture .rule { stroke: #30363d; }
.model-picture .head { fill: #8b949e; }
.model-picture .node { fill: #0d1117; stroke: #8b949e; }
.model-picture .mixer { fill: #0f2440; stroke: #1f6feb; }
.model-picture .feed { fill: #10271a; stroke: #238636; }
.model-picture .stage { fill: #231a3a; stroke: #8957e5; }
.model-picture .beside { fill: #2b2210; stroke: #9e6a03; }
.model-picture .training { fill: #0d1117; stroke: #6e7681; }
.model-picture .share { fill: #388bfd; }
}
)";

bool has_place_in_xml(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

size_t characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

// The first `count` characters. Requires valid UTF-8.
std::string_view beginning(std::string_view text, size_t count) {
  size_t bytes = 0;
  for (; count > 0 && bytes < text.size(); --count) bytes += utf8_char(text.data() + bytes).bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::string xml_text(std::string_view text) {
  const std::string valid = repaired_utf8(text);
  std::string out;
  for (size_t at = 0; at < valid.size();) {
    const auto [code, bytes] = utf8_char(valid.data() + at);
    switch (code) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        append_utf8(out, has_place_in_xml(code) ? code : 0xFFFD);
    }
    at += bytes;
  }
  return out;
}

std::vector<std::string> wrapped(std::string_view text, size_t width) {
  const std::string valid = repaired_utf8(text);
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < valid.size();) {
    const size_t end = std::min(valid.find(' ', begin), valid.size());
    std::string word = valid.substr(begin, end - begin);
    begin = end + 1;
    if (word.empty()) continue;
    if (characters(word) > width) word = std::string(beginning(word, width - 1)) + "…";
    if (lines.empty() || characters(lines.back()) + 1 + characters(word) > width)
      lines.push_back(word);
    else
      lines.back() += " " + word;
  }
  return lines;
}

void Drawing::box(Depth depth, std::string_view role, double x, double y, double width, double height,
                  double radius) {
  content_[depth] += fmt::format(R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>)"
                                 "\n",
                                 role, x, y, width, height, radius);
}

void Drawing::text(std::string_view role, double x, double y, std::string_view content) {
  content_[front] +=
      fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", role, x, y, xml_text(content));
}

void Drawing::upward_text(std::string_view role, double x, double y, std::string_view content) {
  content_[front] += fmt::format("<text class=\"{}\" transform=\"translate({} {}) rotate(-90)\">{}</text>\n",
                                 role, x, y, xml_text(content));
}

void Drawing::line(Depth depth, std::string_view role, const std::string& path) {
  content_[depth] += fmt::format("<path class=\"{}\" d=\"{}\"/>\n", role, path);
}

void Drawing::arrow_head(double x, double y, bool down) {
  line(front, "head", down ? fmt::format("M{} {}l-4 -7h8z", x, y) : fmt::format("M{} {}l-7 -4v8z", x, y));
}

void Drawing::plus(double x, double y, double width, double height) {
  box(front, "node", x - width / 2, y - height / 2, width, height, height / 2);
  line(front, "branch", fmt::format("M{} {}h8M{} {}v8", x - 4, y, x, y - 4));
}

std::string Drawing::svg(double width, double height, std::string_view label) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"model-picture\" role=\"img\" aria-label=\"{}\" "
      "viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\">\n<style>{}</style>\n"
      "<rect class=\"page\" width=\"{}\" height=\"{}\"/>\n{}{}{}</svg>\n",
      xml_text(label), width, height, width, height, kStyle, width, height, content_[back], content_[middle],
      content_[front]);
}

}  // namespace bantam
