// Diagrams that are no curves: reliability, and bars beside what stands without learning.
#pragma once
#include <string>
#include <vector>

#include "report/run_record.h"

namespace bantam {

// How often each confidence is right, and how many rows have it (Guo et al. 2017, arXiv:1706.04599, figure 1). Inline SVG.
std::string reliability_diagram(const std::vector<CalibrationBin>& bins);

// A figure among others of its kind, as a bar.
struct Bar {
  std::string name, text;  // text: the figure in words
  double value = 0;
  bool strong = false;  // what the page is about
  double error = 0;     // standard error; 0: not known
  double floor = -1;    // a mark at what is reached without learning; negative: none
  std::string beneath = {};
};

// Rows of HTML, lengths relative to `whole`, or to the largest value where that is 0.
std::string bars_html(const std::vector<Bar>& bars, double whole);

}  // namespace bantam
