#include "report/importance_table.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "base/number_text.h"
#include "metrics/set_metric_names.h"

namespace lockstep {
namespace {

constexpr std::size_t kShownColumns = 50;

constexpr const char* kHowToRead =
    "Columns with the same information share their importance, because permuting one leaves the\n"
    "others intact. An importance near 0 does not mean that a column is useless, only that this "
    "model hardly uses "
    "it.\n"
    "The numbers are of this model, not of the world.\n";

// A name on one line.
std::string shown(const std::string& name) {
  std::string line = to_text(Json(name));
  return line == '"' + name + '"' ? name : line;
}

std::string number_text(Metric metric, double number) {
  return metric == Metric::dev_error ? format_points(number) : fmt::format("{:.4g}", number);
}

std::string value_text(Metric metric, double value) {
  return metric == Metric::dev_error ? format_percent(value) : fmt::format("{:.4g}", value);
}

std::string line_of(const ColumnImportance& column, const Importance& of, std::size_t width) {
  return fmt::format("{:<{}} {:>12} {:>24} {:>14}\n", shown(column.name), width,
                     number_text(of.metric, column.mean),
                     fmt::format("{} to {}", number_text(of.metric, column.interval.low),
                                 number_text(of.metric, column.interval.high)),
                     fmt::format("{} of {}", column.worse, of.repeats));
}

}  // namespace

std::string importance_text(const Importance& importance) {
  const std::span lines =
      std::span(importance.columns).first(std::min(importance.columns.size(), kShownColumns));
  std::size_t width = 6;
  for (const ColumnImportance& column : lines) width = std::max(width, shown(column.name).size());
  std::string text = fmt::format(
      "{} set of {} examples, weights after step {} (digest {}): {} {}\n"
      "when the values of a column are permuted over the examples, the {} {} by{}:\n\n"
      "{:<{}} {:>12} {:>24} {:>14}\n",
      enum_name(importance.split), importance.examples, importance.step, importance.weights_digest,
      name_on_set(importance.metric), value_text(importance.metric, importance.original),
      name_on_set(importance.metric),
      facts_of(importance.metric).larger_is_better ? "falls" : "rises",
      importance.metric == Metric::dev_error ? " (percentage points)" : "", "column", width,
      "importance", "95% interval", "worse in");
  for (const ColumnImportance& column : lines) text += line_of(column, importance, width);
  if (lines.size() < importance.columns.size()) {
    text += fmt::format("and {} less important columns: see --json\n",
                        importance.columns.size() - lines.size());
  }
  return text + "\n" + kHowToRead;
}

Json importance_json(const Importance& importance) {
  Json columns = Json::array();
  for (const ColumnImportance& column : importance.columns) {
    columns.push_back({{"name", column.name},
                       {"importance", column.mean},
                       {"interval_95", {column.interval.low, column.interval.high}},
                       {"worse_share", static_cast<double>(column.worse) /
                                           static_cast<double>(importance.repeats)},
                       {"of_repeats", column.of_repeats}});
  }
  return {{"split", enum_name(importance.split)},
          {"step", importance.step},
          {"examples", importance.examples},
          {"weights_digest", importance.weights_digest},
          {"repeats", importance.repeats},
          {"metric", key_on_set(importance.metric)},
          {"larger_is_better", facts_of(importance.metric).larger_is_better},
          {"original", importance.original},
          {"columns", columns}};
}

}  // namespace lockstep
