// Curves over steps as inline SVG, with their values beside their names: those at the end, or, where scripts run, those
// under the pointer. Colours are classes of the style sheet in page.cpp.
#pragma once
#include <string>
#include <vector>

#include "report/run_record.h"

namespace bantam {

enum class Unit { plain, count, bytes, scientific, percent };

// "2.310", "56,385", "1.2 GB", "3.0e-4", "67.5 %".
std::string figure_text(double value, Unit unit);

struct Series {
  std::string name;
  Curve curve;
  int colour = 1;       // 1 to 6
  bool faint = false;   // in the background, such as what is smoothed before it
  bool points = false;  // few and measured: dots on a line
};

struct Chart {
  std::string title;
  Unit unit = Unit::plain;
  std::vector<Series> series;
  bool from_zero = false;
  std::string x_name = "steps";
  // A positive quantity whose largest value is more than 50 times its median is drawn on a logarithmic axis, and says so.
  bool may_be_logarithmic = false;
};

// A <figure>; empty when no series has a point. Of a longer curve at most 600 points are drawn: the least and the
// greatest of each stretch, so that no spike is lost.
std::string chart_html(const Chart& chart);

// At most `most` points of a curve: the least and the greatest of equal stretches, in order, and both ends.
Curve thinned(const Curve& curve, size_t most);

// Round numbers from about `low` to about `high`, `wanted` or a few fewer or more.
std::vector<double> round_ticks(double low, double high, int wanted);

}  // namespace bantam
