#pragma once
// Line charts as SVG text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

struct ChartPoint {
  double x = 0;
  double y = 0;
};

struct ChartSeries {
  std::string name;
  std::vector<ChartPoint> points;  // in ascending x; points that are not finite are left out
};

struct Chart {
  std::string title;
  std::string x_label;
  bool whole_x = false;             // x counts something: ticks only at whole numbers
  std::string y_suffix;             // after each tick of the y axis, e.g. "%"
  std::vector<ChartSeries> series;  // drawn with the CSS classes s0, s1, ...
  std::optional<double> marked_x;   // a vertical line at this x
  std::string mark_label;
};

// Text made safe for HTML and SVG content and quoted attributes.
std::string html_escape(std::string_view text);

// Round numbers (1, 2 or 5 times a power of ten apart). The first is at most `low` and
// the last at least `high`; there are at most `most` steps between them. Requires
// low <= high, both finite.
std::vector<double> round_ticks(double low, double high, int most);

// An <svg> that fills the width of its parent. The y axis includes zero.
// Colours come from the page's CSS: .s0 .s1 .s2 (series), .grid, .axis, .mark.
std::string chart_svg(const Chart& chart);

}  // namespace lockstep
