#include "report/diagram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/progress.h"
#include "model/drawing.h"

namespace bantam {
namespace {

constexpr double kWidth = 340, kHeight = 372, kLeft = 44, kRight = 326, kTop = 8, kBottom = 290,
                 kCounts = 344;

double right_of(double share) { return kLeft + (kRight - kLeft) * share; }
double height_of(double share) { return kBottom - (kBottom - kTop) * share; }

std::string bar(const char* role, double x, double y, double width, double height) {
  return fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
                     role, x, y, std::max(0.0, width), std::max(0.0, height));
}

std::string scale() {
  std::string svg;
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    svg += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}H{}\"/>\n", kLeft, height_of(share), kRight);
    svg += fmt::format("<text class=\"end\" x=\"{}\" y=\"{:.1f}\">{:.0f} %</text>\n", kLeft - 6,
                       height_of(share) + 3.8, 100 * share);
    svg += fmt::format("<text class=\"middle\" x=\"{:.1f}\" y=\"{}\">{:.0f} %</text>\n", right_of(share),
                       kHeight - 8, 100 * share);
  }
  return svg;
}

double share_of(double value) { return std::isfinite(value) ? std::clamp(value, 0.0, 1.0) : 0; }

}  // namespace

std::string reliability_diagram(const std::vector<CalibrationBin>& bins) {
  double most = 0;
  for (const CalibrationBin& bin : bins) most = std::max(most, bin.rows);
  std::string svg = scale();
  for (size_t m = 0; m < bins.size(); ++m) {
    const CalibrationBin& bin = bins[m];
    if (!bin.confidence || !bin.accuracy) continue;
    const auto count = static_cast<double>(bins.size());
    const double left = right_of(static_cast<double>(m) / count) + 1;
    const double width = (kRight - kLeft) / count - 2;
    const double accuracy = share_of(*bin.accuracy), confidence = share_of(*bin.confidence);
    svg += fmt::format("<g><title>{} rows: confidence {:.1f} %, right {:.1f} %</title>\n",
                       grouped(static_cast<uint64_t>(std::clamp(bin.rows, 0.0, 1e15))), 100 * confidence,
                       100 * accuracy);
    const double lower = height_of(std::min(accuracy, confidence));
    const double upper = height_of(std::max(accuracy, confidence));
    svg += bar("right", left, lower, width, kBottom - lower);
    svg += bar(confidence > accuracy ? "sure" : "shy", left, upper, width, lower - upper);
    const double tall = most > 0 ? (kCounts - kBottom - 14) * share_of(bin.rows / most) : 0;
    svg += bar("rows", left, kCounts - tall, width, tall) + "</g>\n";
  }
  svg += fmt::format("<path class=\"diagonal\" d=\"M{} {}L{} {}\"/>\n", kLeft, kBottom, kRight, kTop);
  return fmt::format(
      "<svg class=\"reliability\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Reliability diagram\">\n{}"
      "</svg>\n",
      kWidth, kHeight, svg);
}

std::string bars_html(const std::vector<Bar>& bars, double whole) {
  if (whole <= 0)
    for (const Bar& one : bars) whole = std::max(whole, one.value);
  const auto percent = [&](double value) { return whole > 0 ? 100 * share_of(value / whole) : 0; };
  std::string html = "<div class=\"bars\">\n";
  for (const Bar& one : bars) {
    std::string marks;
    if (one.error > 0)
      marks += fmt::format("<span class=\"error\" style=\"left:{:.2f}%;width:{:.2f}%\"></span>",
                           percent(one.value - one.error),
                           percent(one.value + one.error) - percent(one.value - one.error));
    if (one.floor >= 0)
      marks += fmt::format("<span class=\"floor\" style=\"left:{:.2f}%\"></span>", percent(one.floor));
    html += fmt::format(
        "<div class=\"bar{}\"><span class=\"name\">{}</span><span class=\"track\"><span class=\"fill\" "
        "style=\"width:{:.2f}%\"></span>{}</span><span class=\"value\">{}</span>{}</div>\n",
        one.strong ? " strong" : "", xml_text(one.name), percent(one.value), marks, xml_text(one.text),
        one.beneath.empty() ? "" : "<span class=\"beneath\">" + xml_text(one.beneath) + "</span>");
  }
  return html + "</div>\n";
}

}  // namespace bantam
