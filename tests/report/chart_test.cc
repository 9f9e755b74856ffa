#include "report/chart.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(HtmlEscape, LeavesNoMarkup) {
  EXPECT_EQ(html_escape("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(RoundTicks, AreRoundNumbers) {
  EXPECT_THAT(round_ticks(0, 20, 8), ElementsAre(0, 5, 10, 15, 20));
  EXPECT_THAT(round_ticks(-3, 7, 6), ElementsAre(-4, -2, 0, 2, 4, 6, 8));
  EXPECT_THAT(
      round_ticks(0, 0.25, 6),
      ElementsAre(DoubleNear(0, 1e-15), DoubleNear(0.05, 1e-15), DoubleNear(0.1, 1e-15),
                  DoubleNear(0.15, 1e-15), DoubleNear(0.2, 1e-15), DoubleNear(0.25, 1e-15)));
}

TEST(RoundTicks, EncloseAnyRangeInFewSteps) {
  for (const double low : {-1e6, -0.37, 0.0, 1e-9, 3.0}) {
    for (const double width : {0.0, 1e-7, 0.3, 1.0, 99.0, 1e12}) {
      const auto ticks = round_ticks(low, low + width, 6);
      EXPECT_LE(ticks.front(), low);
      EXPECT_GE(ticks.back(), low + width);
      EXPECT_GE(ticks.size(), 2u);
      EXPECT_LE(ticks.size(), 7u);
    }
  }
}

TEST(ChartSvg, PutsTheExtremePointsOnTheEdgesOfThePlot) {
  Chart chart;
  chart.title = "Cost";
  chart.series = {{"J", {{0, 0}, {10, 1}}}};
  // The plot reaches from (52, 260) to (504, 44).
  EXPECT_THAT(chart_svg(chart), HasSubstr("points=\"52.0,260.0 504.0,44.0 \""));
}

// The x at which a label ends, and how many characters it has.
struct Label {
  double end;
  std::size_t characters;
};

std::vector<Label> y_labels(const std::string& svg) {
  std::vector<Label> labels;
  const std::string anchor = "text-anchor=\"end\">";
  for (auto at = svg.find("<text class=\"axis\" x=\""); at != std::string::npos;
       at = svg.find("<text class=\"axis\" x=\"", at + 1)) {
    const std::string element = svg.substr(at, svg.find("</text>", at) - at);
    const auto text = element.find(anchor);
    if (text == std::string::npos || element.find("tspan") != std::string::npos) continue;
    labels.push_back({std::stod(element.substr(element.find("x=\"") + 3)),
                      element.size() - text - anchor.size()});
  }
  return labels;
}

TEST(ChartSvg, LabelsOfTheYAxisAreWithinTheDrawing) {
  for (const double value : {1.5e6, -1.5e6, 0.000123, 1.5e-15, 1.5e-300, 99.0, 1.2345e250}) {
    Chart chart;
    chart.y_suffix = "%";
    chart.series = {{"J", {{0, 0}, {10, value}}}};
    const auto labels = y_labels(chart_svg(chart));
    ASSERT_GE(labels.size(), 2U) << value;
    for (const auto& [end, characters] : labels) {
      EXPECT_GE(end - 7 * static_cast<double>(characters), 0) << value;
    }
  }
}

TEST(ChartSvg, WhatIsCountedHasWholeTicks) {
  Chart chart;
  chart.series = {{"a", {{1, 1}, {3, 2}}}};
  const std::string half = "text-anchor=\"middle\">0.5</text>";
  EXPECT_THAT(chart_svg(chart), HasSubstr(half));
  chart.whole_x = true;
  const std::string svg = chart_svg(chart);
  EXPECT_THAT(svg, Not(HasSubstr(half)));
  for (const char* tick : {">0</text>", ">1</text>", ">2</text>", ">3</text>"}) {
    EXPECT_THAT(svg, HasSubstr(tick));
  }
}

TEST(ChartSvg, SmallNumbersHaveLabelsOfTheirOwn) {
  Chart chart;
  chart.series = {{"J", {{0, 0}, {10, 4e-15}}}};
  EXPECT_THAT(chart_svg(chart), HasSubstr(">2e-15</text>"));
}

TEST(ChartSvg, LeavesOutPointsThatAreNotFinite) {
  Chart chart;
  chart.series = {{"J",
                   {{0, 1},
                    {1, std::numeric_limits<double>::quiet_NaN()},
                    {2, std::numeric_limits<double>::infinity()},
                    {3, 1}}}};
  const std::string svg = chart_svg(chart);
  EXPECT_EQ(count_of(svg, "<circle"), 2u);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
}

TEST(ChartSvg, MarksThePlaceAsked) {
  Chart chart;
  chart.series = {{"J", {{0, 0}, {10, 1}}}};
  EXPECT_THAT(chart_svg(chart), Not(HasSubstr("class=\"mark\"")));
  chart.marked_x = 5;
  chart.mark_label = "best";
  EXPECT_THAT(chart_svg(chart), HasSubstr("class=\"mark\" x1=\"278.0\" x2=\"278.0\""));
}

TEST(ChartSvg, TheMarksNameStandsWhereThereIsRoom) {
  Chart chart;
  chart.series = {{"J", {{0, 0}, {10, 1}}}};
  chart.mark_label = "best";
  chart.marked_x = 0;
  EXPECT_THAT(chart_svg(chart), HasSubstr("<text class=\"axis\" x=\"58.0\" y=\"55.0\" "
                                          "text-anchor=\"start\">best</text>"));
  chart.marked_x = 10;
  EXPECT_THAT(chart_svg(chart), HasSubstr("<text class=\"axis\" x=\"498.0\" y=\"55.0\" "
                                          "text-anchor=\"end\">best</text>"));
  for (const double outside : {-0.1, 10.1}) {
    chart.marked_x = outside;
    EXPECT_THAT(chart_svg(chart), Not(HasSubstr("best</text>")));
  }
}

TEST(ChartSvg, ManyPointsAreALineWithoutDots) {
  Chart chart;
  chart.series = {{"J", {}}};
  for (int i = 0; i < 1000; ++i) chart.series[0].points.push_back({double(i), 1});
  EXPECT_EQ(count_of(chart_svg(chart), "<circle"), 0u);
}

TEST(ChartSvg, WithoutDataSaysSo) {
  Chart chart;
  chart.series = {{"J", {}}};
  EXPECT_THAT(chart_svg(chart), HasSubstr("no data yet"));
}

TEST(ChartSvg, EscapesNames) {
  Chart chart;
  chart.title = "<t>";
  chart.series = {{"<s>", {{0, 1}}}};
  const std::string svg = chart_svg(chart);
  EXPECT_THAT(svg, Not(HasSubstr("<t>")));
  EXPECT_THAT(svg, Not(HasSubstr("<s>")));
}

}  // namespace
}  // namespace lockstep
