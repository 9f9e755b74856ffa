#include "report/chart.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include <fmt/format.h>

#include "numerics/functions.h"

namespace lockstep {
namespace {

// Sizes in the units of the drawing, which the page scales.
constexpr double kWidth = 520;
constexpr double kHeight = 300;
constexpr double kLeft = 52;    // at least; labels of the y axis may need more
constexpr double kRight = 16;   // at least; room for half of the last label of the x axis
constexpr double kDigit = 9.5;  // the largest width of a label's character, on small screens
constexpr double kTop = 44;
constexpr double kBottom = 40;

// With more points than this, dots would overlap.
constexpr std::size_t kMostDots = 60;

// One axis, which maps values from `low` to `high` to pixels from `start` to `end`.
struct Axis {
  double low;
  double high;
  double start;
  double end;
  std::vector<double> ticks;

  [[nodiscard]] double at(double value) const {
    return start + (value - low) / (high - low) * (end - start);
  }
};

struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// Whether the number is finite, and so is the difference of two such numbers.
bool can_be_drawn(double value) { return std::abs(value) <= 1e300; }

bool is_drawn(const ChartPoint& point) { return can_be_drawn(point.x) && can_be_drawn(point.y); }

std::string tick_text(double tick) { return fmt::format("{:.6g}", tick); }

// The width that the labels need.
double widest(const std::vector<double>& ticks, const std::string& suffix) {
  std::size_t characters = 0;
  for (const double tick : ticks) {
    characters = std::max(characters, tick_text(tick).size() + suffix.size());
  }
  return kDigit * static_cast<double>(characters);
}

using Out = std::back_insert_iterator<std::string>;

void add_grid(Out out, const Axis& x, const Axis& y, const Chart& chart) {
  for (const double tick : y.ticks) {
    fmt::format_to(
        out, "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n",
        x.start, x.end, y.at(tick), y.at(tick));
    fmt::format_to(
        out, "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}{}</text>\n",
        x.start - 8, y.at(tick) + 4, tick_text(tick), html_escape(chart.y_suffix));
  }
  for (const double tick : x.ticks) {
    if (tick > x.high) continue;
    fmt::format_to(
        out, "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
        x.at(tick), y.start + 17, tick_text(tick));
  }
  fmt::format_to(
      out, "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
      (x.start + x.end) / 2, kHeight - 6, html_escape(chart.x_label));
}

void add_series(Out out, const Axis& x, const Axis& y, const ChartSeries& series,
                std::size_t index) {
  std::string line;
  for (const ChartPoint& point : series.points) {
    if (!is_drawn(point)) continue;
    fmt::format_to(std::back_inserter(line), "{:.1f},{:.1f} ", x.at(point.x), y.at(point.y));
  }
  fmt::format_to(out, "<polyline class=\"line s{}\" points=\"{}\"/>\n", index, line);
  if (series.points.size() > kMostDots) return;
  for (const ChartPoint& point : series.points) {
    if (!is_drawn(point)) continue;
    fmt::format_to(out,
                   "<circle class=\"dot s{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\">"
                   "<title>{}: {:.6g} at {:.6g}</title></circle>\n",
                   index, x.at(point.x), y.at(point.y), html_escape(series.name), point.y, point.x);
  }
}

void add_mark(Out out, const Axis& x, const Axis& y, const Chart& chart) {
  if (!chart.marked_x || *chart.marked_x < x.low || *chart.marked_x > x.high) return;
  const double at = x.at(*chart.marked_x);
  fmt::format_to(
      out, "<line class=\"mark\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>\n",
      at, y.end, y.start);
  const bool left_half = at < (x.start + x.end) / 2;
  fmt::format_to(out,
                 "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                 at + (left_half ? 6 : -6), y.end + 11, left_half ? "start" : "end",
                 html_escape(chart.mark_label));
}

// Adds the title on the left and the names of the series on the right, above the plot.
void add_head(Out out, const Chart& chart) {
  fmt::format_to(out, "<text class=\"title\" x=\"4\" y=\"18\">{}</text>\n",
                 html_escape(chart.title));
  fmt::format_to(out, "<text class=\"axis\" x=\"{:.1f}\" y=\"18\" text-anchor=\"end\">",
                 kWidth - kRight);
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    fmt::format_to(out,
                   "<tspan class=\"key s{}\" dx=\"{}\">\u25CF</tspan><tspan dx=\"5\">{}</tspan>", i,
                   i == 0 ? 0 : 16, html_escape(chart.series[i].name));
  }
  fmt::format_to(out, "</text>\n");
}

}  // namespace

std::string html_escape(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::vector<double> round_ticks(double low, double high, int most) {
  // An empty range is widened, so that its only value can be drawn.
  if (low == high) high = low + std::max(1.0, std::abs(low));
  const double least = (high - low) / most;
  const double power = numerics::pow(10.0, std::floor(numerics::log10(least)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    const double first = std::floor(low / (factor * power));
    const double last = std::ceil(high / (factor * power));
    if (last - first <= most) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  const double first = std::floor(low / step);
  const double steps = std::ceil(high / step) - first;
  for (int i = 0; i <= static_cast<int>(steps); ++i) {
    const double count = first + i;
    ticks.push_back(count == 0 ? 0 : count * step);  // never -0
  }
  return ticks;
}

std::string chart_svg(const Chart& chart) {
  Extent x_extent;
  Extent y_extent;
  for (const ChartSeries& series : chart.series) {
    for (const ChartPoint& point : series.points) {
      if (!is_drawn(point)) continue;
      x_extent.add(point.x);
      y_extent.add(point.y);
    }
  }
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                                kWidth, kHeight, html_escape(chart.title));
  const Out out(svg);
  add_head(out, chart);
  if (x_extent.low > x_extent.high) {
    fmt::format_to(
        out, "<text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">no data yet</text>\n",
        kWidth / 2, kHeight / 2);
  } else {
    y_extent.add(0);
    x_extent.add(0);
    std::vector<double> x_ticks = round_ticks(x_extent.low, x_extent.high, 8);
    if (chart.whole_x) {
      std::erase_if(x_ticks, [](double tick) { return tick != std::round(tick); });
    }
    const std::vector<double> y_ticks = round_ticks(y_extent.low, y_extent.high, 6);
    const double x_high = x_extent.high > x_extent.low ? x_extent.high : x_ticks.back();
    const double left = std::max(kLeft, widest(y_ticks, chart.y_suffix) + 12);
    const double right = std::max(kRight, widest({x_ticks.back()}, "") / 2);
    const Axis x{x_ticks.front(), x_high, left, kWidth - right, x_ticks};
    const Axis y{y_ticks.front(), y_ticks.back(), kHeight - kBottom, kTop, y_ticks};
    add_grid(out, x, y, chart);
    add_mark(out, x, y, chart);
    for (std::size_t i = 0; i < chart.series.size(); ++i) add_series(out, x, y, chart.series[i], i);
  }
  svg += "</svg>\n";
  return svg;
}

}  // namespace lockstep
