#include "report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/median.h"
#include "base/progress.h"
#include "model/drawing.h"

namespace bantam {
namespace {

// The picture and, within it, where the curves lie; page.cpp's script knows kLeft, kRight and kWidth from the attributes.
constexpr double kWidth = 480, kHeight = 232, kLeft = 60, kRight = 470, kTop = 10, kBottom = 204;
constexpr size_t kPoints = 600;
constexpr double kSpread = 50;  // of the largest value over the median, for a logarithmic axis

std::string fixed(double value, int digits) { return fmt::format("{:.{}f}", value, digits); }

// "3.0e-4": without the zeros of exponents.
std::string scientific(double value) {
  if (value == 0) return "0";
  int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
  double mantissa = value / std::pow(10, exponent);
  if (std::abs(mantissa) >= 9.995) mantissa /= 10, ++exponent;
  return fmt::format("{:.2f}e{}", mantissa, exponent);
}

std::string plain(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size >= 1e6 || size < 1e-3) return scientific(value);
  return fixed(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 3 : 4);
}

// For an axis: as short as it can be.
std::string tick_text(double value, Unit unit) {
  if (value == 0) return "0";
  const auto shortest = [](double number) { return fmt::format("{:.6g}", number); };
  switch (unit) {
    case Unit::count:
      return value >= 1e9   ? shortest(value / 1e9) + " G"
             : value >= 1e6 ? shortest(value / 1e6) + " M"
             : value >= 1e4 ? shortest(value / 1e3) + " k"
                            : shortest(value);
    case Unit::bytes: {
      const char* const units[] = {" B", " kB", " MB", " GB", " TB"};
      size_t at = 0;
      for (; value >= 1000 && at + 1 < std::size(units); ++at) value /= 1000;
      return shortest(value) + units[at];
    }
    case Unit::percent:
      return shortest(100 * value) + " %";
    case Unit::scientific: {
      const double exponent = std::floor(std::log10(std::abs(value)) + 1e-9);
      return fmt::format("{:.3g}e{}", value / std::pow(10, exponent), static_cast<int>(exponent));
    }
    default:
      return shortest(value);
  }
}

// From values to places in the picture.
struct Axis {
  double low = 0, high = 1, from = 0, to = 1;
  bool logarithmic = false;
  double at(double value) const {
    const auto scaled = [&](double v) { return logarithmic ? std::log10(v) : v; };
    return from + (to - from) * (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
  }
};

// Multiples of `step`, at most twenty: far from zero steps may no longer count.
std::vector<double> stepped(double low, double high, double step) {
  std::vector<double> ticks;
  for (double i = std::ceil(low / step - 1e-6); i * step <= high + 1e-6 * step && ticks.size() < 20; ++i)
    ticks.push_back(i * step);
  return ticks;
}

struct Range {
  double low = HUGE_VAL, high = -HUGE_VAL;
  void add(double value) { low = std::min(low, value), high = std::max(high, value); }
};

bool spreads_far(const Chart& chart, const Range& range) {
  if (!chart.may_be_logarithmic || range.low <= 0) return false;
  std::vector<double> values;
  for (const Series& series : chart.series)
    values.insert(values.end(), series.curve.y.begin(), series.curve.y.end());
  return range.high > kSpread * median(std::move(values));
}

Axis upward_axis(const Chart& chart, std::vector<double>& ticks) {
  Range range;
  for (const Series& series : chart.series)
    for (const double value : series.curve.y) range.add(value);
  Axis axis{range.low, range.high, kBottom, kTop, spreads_far(chart, range)};
  if (axis.logarithmic) {
    const int first = std::max(-300, static_cast<int>(std::floor(std::log10(range.low))));
    const int last = std::max(first + 1, static_cast<int>(std::ceil(std::log10(range.high))));
    axis.low = std::pow(10, first);
    axis.high = std::pow(10, last);
    for (int power = first; power <= last; power += 1 + (last - first) / 8)
      ticks.push_back(std::pow(10, power));
    return axis;
  }
  if (chart.from_zero) axis.low = std::min(0.0, axis.low);
  if (axis.high <= axis.low) {  // all the same
    const double around = axis.low == 0 ? 1 : 0.1 * std::abs(axis.low);
    axis.low -= around, axis.high += around;
  }
  ticks = round_ticks(axis.low, axis.high, 5);
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
  axis.low = std::min(axis.low, step * std::floor(axis.low / step + 1e-9));
  axis.high = std::max(axis.high, step * std::ceil(axis.high / step - 1e-9));
  if (ticks.size() > 1) ticks = stepped(axis.low, axis.high, step);
  return axis;
}

Axis rightward_axis(const Chart& chart) {
  Range range{0, 1};
  for (const Series& series : chart.series)
    if (!series.curve.empty()) range.add(series.curve.x.back());
  return {range.low, range.high, kLeft, kRight};
}

std::string path_of(const Curve& curve, const Axis& x, const Axis& y) {
  std::string path;
  for (size_t i = 0; i < curve.x.size(); ++i)
    path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", x.at(curve.x[i]), y.at(curve.y[i]));
  return path;
}

std::string drawn(const Series& series, const Axis& x, const Axis& y) {
  const Curve curve = thinned(series.curve, kPoints);
  std::string svg;
  if (curve.x.size() > 1)
    svg += fmt::format("<path class=\"curve s{}{}\" d=\"{}\"/>\n", series.colour,
                       series.faint ? " faint" : "", path_of(curve, x, y));
  if (series.points || curve.x.size() == 1)
    for (size_t i = 0; i < curve.x.size(); ++i)
      svg += fmt::format("<circle class=\"dot s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\"/>\n", series.colour,
                         x.at(curve.x[i]), y.at(curve.y[i]), curve.x.size() > 40 ? 1.5 : 2.6);
  return svg;
}

// The name of a series with its last value; its points go along for whom the pointer asks.
std::string key_of(const Series& series, Unit unit) {
  const Curve curve = thinned(series.curve, kPoints);
  std::string x, text;
  for (size_t i = 0; i < curve.x.size(); ++i) {
    x += fmt::format("{}{:.0f}", i == 0 ? "" : " ", curve.x[i]);
    text += (i == 0 ? "" : "|") + figure_text(curve.y[i], unit);
  }
  return fmt::format("<span class=\"key s{}{}\" data-x=\"{}\" data-text=\"{}\"><i></i>{} <b>{}</b></span>\n",
                     series.colour, series.faint ? " faint" : "", x, text, xml_text(series.name),
                     figure_text(series.curve.y.back(), unit));
}

std::string frame(const Chart& chart, const Axis& x, const Axis& y, const std::vector<double>& ticks) {
  std::string svg;
  for (const double tick : ticks) {
    svg += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}H{}\"/>\n", kLeft, y.at(tick), kRight);
    svg += fmt::format("<text class=\"end\" x=\"{}\" y=\"{:.1f}\">{}</text>\n", kLeft - 7, y.at(tick) + 3.8,
                       tick_text(tick, chart.unit));
  }
  const std::vector<double> steps = round_ticks(x.low, x.high, 5);
  for (const double tick : steps)
    svg += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{}\">{}</text>\n",
                       x.at(tick) > kRight - 20 ? "end" : "middle", x.at(tick), kBottom + 19,
                       tick_text(tick, Unit::count));
  return svg;
}

}  // namespace

std::string figure_text(double value, Unit unit) {
  switch (unit) {
    case Unit::count:
      return grouped(static_cast<uint64_t>(std::clamp(std::round(value), 0.0, 1e18)));
    case Unit::bytes:
      return bytes_text(std::max(0.0, value));
    case Unit::scientific:
      return scientific(value);
    case Unit::percent:
      return fixed(100 * value, 1) + " %";
    default:
      return plain(value);
  }
}

Curve thinned(const Curve& curve, size_t most) {
  const size_t count = curve.x.size();
  if (count <= most) return curve;
  const size_t stretches = std::max<size_t>(1, most / 2 - 1);
  Curve thin;
  const auto take = [&](size_t i) {
    if (!thin.empty() && thin.x.back() >= curve.x[i]) return;
    thin.x.push_back(curve.x[i]);
    thin.y.push_back(curve.y[i]);
  };
  take(0);
  for (size_t s = 0; s < stretches; ++s) {
    const auto begin = curve.y.begin() + static_cast<ptrdiff_t>(count * s / stretches);
    const auto end = curve.y.begin() + static_cast<ptrdiff_t>(count * (s + 1) / stretches);
    const auto [least, greatest] = std::minmax_element(begin, end);
    const auto a = static_cast<size_t>(least - curve.y.begin()),
               b = static_cast<size_t>(greatest - curve.y.begin());
    take(std::min(a, b));
    take(std::max(a, b));
  }
  take(count - 1);
  return thin;
}

std::vector<double> round_ticks(double low, double high, int wanted) {
  const double rough = (high - low) / wanted;
  if (!(rough > 0) || !std::isfinite(rough)) return {low};
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.5, 2.0, 1.0})
    if (factor * power >= rough * 0.999) step = factor * power;
  return stepped(low, high, step);
}

std::string chart_html(const Chart& whole) {
  Chart chart = whole;
  std::erase_if(chart.series, [](const Series& series) { return series.curve.empty(); });
  if (chart.series.empty()) return "";
  std::vector<double> ticks;
  const Axis y = upward_axis(chart, ticks), x = rightward_axis(chart);
  std::string keys, curves;
  for (const Series& series : chart.series) {
    keys += key_of(series, chart.unit);
    curves += drawn(series, x, y);
  }
  return fmt::format(
      "<figure class=\"chart\">\n<figcaption><h3>{}{}</h3>\n{}<output></output></figcaption>\n"
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" data-left=\"{}\" data-right=\"{}\" "
      "data-width=\"{}\" data-first=\"{}\" data-last=\"{}\" data-name=\"{}\">\n{}{}"
      "<path class=\"hair\" d=\"M0 {}V{}\" visibility=\"hidden\"/>\n</svg>\n</figure>\n",
      xml_text(chart.title), y.logarithmic ? " <small>logarithmic</small>" : "", keys, kWidth, kHeight,
      xml_text(chart.title), kLeft, kRight, kWidth, x.low, x.high, xml_text(chart.x_name),
      frame(chart, x, y, ticks), curves, kTop, kBottom);
}

}  // namespace bantam
