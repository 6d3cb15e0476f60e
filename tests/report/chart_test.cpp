#include "report/chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/well_formed.h"

namespace bantam {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Curve counted(size_t count) {
  Curve curve;
  for (size_t i = 0; i < count; ++i) {
    curve.x.push_back(static_cast<double>(i));
    curve.y.push_back(2 + std::sin(static_cast<double>(i)));
  }
  return curve;
}

TEST(Chart, FiguresAreAsLongAsTheyNeedToBe) {
  EXPECT_EQ(figure_text(2.30412, Unit::plain), "2.304");
  EXPECT_EQ(figure_text(12.3456, Unit::plain), "12.35");
  EXPECT_EQ(figure_text(0, Unit::plain), "0");
  EXPECT_EQ(figure_text(0.00012345, Unit::plain), "1.23e-4");
  EXPECT_EQ(figure_text(9.999e-4, Unit::scientific), "1.00e-3");
  EXPECT_EQ(figure_text(-3e-4, Unit::scientific), "-3.00e-4");
  EXPECT_EQ(figure_text(56384.6, Unit::count), "56,385");
  EXPECT_EQ(figure_text(-1, Unit::count), "0");
  EXPECT_EQ(figure_text(0.675, Unit::percent), "67.5 %");
  EXPECT_EQ(figure_text(1.25e9, Unit::bytes), "1.2 GB");
}

TEST(Chart, TicksAreRound) {
  EXPECT_THAT(round_ticks(0, 10, 5), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(round_ticks(1.9, 4.2, 5), ElementsAre(2, 2.5, 3, 3.5, 4));
  EXPECT_THAT(round_ticks(0, 25000, 5), ElementsAre(0, 5000, 10000, 15000, 20000, 25000));
  EXPECT_THAT(round_ticks(3, 3, 5), ElementsAre(3));
  EXPECT_LE(round_ticks(1e300, 1.0000000000000002e300, 5).size(), 20u) << "ends where steps no longer count";
}

TEST(Chart, ThinningKeepsEverySpikeAndBothEnds) {
  Curve curve = counted(10'000);
  curve.y[4321] = 99;
  curve.y[7777] = -99;
  const Curve thin = thinned(curve, 600);
  EXPECT_LE(thin.x.size(), 600u);
  EXPECT_GT(thin.x.size(), 300u);
  EXPECT_TRUE(std::is_sorted(thin.x.begin(), thin.x.end()));
  EXPECT_EQ(thin.x.front(), 0);
  EXPECT_EQ(thin.x.back(), 9999);
  EXPECT_THAT(thin.y, ::testing::Contains(99));
  EXPECT_THAT(thin.y, ::testing::Contains(-99));
  EXPECT_EQ(thinned(counted(600), 600).x.size(), 600u);
}

TEST(Chart, ShowsEachSeriesWithItsLastValue) {
  const std::string html =
      chart_html({"Loss", Unit::plain, {{"train", {{1, 2, 3}, {3, 2.5, 2}}, 1}, {"none", {}, 2}}});
  EXPECT_EQ(WellFormed::complaint(html), "");
  EXPECT_THAT(html, HasSubstr("<i></i>train <b>2.000</b>"));
  EXPECT_THAT(html, HasSubstr("data-x=\"1 2 3\" data-text=\"3.000|2.500|2.000\""));
  EXPECT_THAT(html, Not(HasSubstr("none")));
  EXPECT_EQ(chart_html({"Loss", Unit::plain, {{"none", {}, 2}}}), "");
}

TEST(Chart, AxesHoldWhateverComes) {
  const std::vector<std::vector<double>> cases = {
      {0, 0, 0},         {-3, -3}, {5}, {1e308, -1e308}, {5e-324, 1}, {5e-324, 5e-324, 5e-324, 1e308},
      {1e-9, 1e-8, 1e-7}};
  for (const std::vector<double>& values : cases) {
    Curve curve;
    for (const double value : values) {
      curve.x.push_back(static_cast<double>(curve.x.size()));
      curve.y.push_back(value);
    }
    for (const Unit unit : {Unit::plain, Unit::count, Unit::bytes, Unit::scientific, Unit::percent})
      EXPECT_EQ(WellFormed::complaint(chart_html({"x", unit, {{"y", curve}}, true, "steps", true})), "");
  }
}

TEST(Chart, ItsAxisEndsAtTicks) {
  const std::string html = chart_html({"Loss", Unit::plain, {{"train", {{1, 2}, {6.2537, 1.2545}}}}});
  for (const char* tick : {">1</text>", ">2</text>", ">6</text>", ">7</text>"})
    EXPECT_THAT(html, HasSubstr(tick));
}

TEST(Chart, WhatSpreadsFarIsLogarithmicAndSaysSo) {
  const Curve spiky{{1, 2, 3, 4}, {1, 1.5, 900, 1}}, calm{{1, 2, 3, 4}, {1, 2, 9, 1}};
  EXPECT_THAT(chart_html({"Norm", Unit::plain, {{"g", spiky}}, true, "steps", true}),
              HasSubstr("logarithmic"));
  EXPECT_THAT(chart_html({"Norm", Unit::plain, {{"g", calm}}, true, "steps", true}),
              Not(HasSubstr("logarithmic")));
  EXPECT_THAT(chart_html({"Norm", Unit::plain, {{"g", spiky}}}), Not(HasSubstr("logarithmic")));
}

}  // namespace
}  // namespace bantam
