#include "report/metrics_text.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/number_text.h"

namespace lockstep {

std::string metrics_line_of(const SetMetrics& metrics) {
  std::string line;
  for (const SetMetricFacts& facts : kSetMetrics) {
    const std::optional<double>& number = metrics.*facts.number;
    if (!number || facts.number == &SetMetrics::baseline_error) continue;
    line += fmt::format("{}{} {:.4g}", line.empty() ? "" : "  ", facts.name, *number);
  }
  return line;
}

std::string target_table(const SetMetrics& metrics, std::span<const std::string> names) {
  if (metrics.targets.empty()) return "";
  std::size_t width = std::string_view("target").size();
  for (const std::string& name : names) width = std::max(width, name.size());
  std::string text =
      fmt::format("{:<{}} {:>12} {:>12} {:>8}\n", "target", width, "RMSE", "MAE", "R2");
  for (std::size_t i = 0; i < metrics.targets.size(); ++i) {
    const TargetMetrics& of = metrics.targets[i];
    text += fmt::format("{:<{}} {:>12.6g} {:>12.6g} {:>8}\n",
                        i < names.size() ? names[i] : fmt::format("{}", i), width, of.rmse, of.mae,
                        of.r2 ? fmt::format("{:.4f}", *of.r2) : "constant");
  }
  return text;
}

std::string reliability_table(const SetMetrics& metrics) {
  if (metrics.reliability.empty()) return "";
  std::string text = fmt::format("{:>16} {:>10} {:>16} {:>9}\n", "confidence", "decisions",
                                 "mean confidence", "right");
  const auto bins = static_cast<double>(metrics.reliability.size());
  for (std::size_t i = 0; i < metrics.reliability.size(); ++i) {
    const ReliabilityBin& bin = metrics.reliability[i];
    if (bin.decisions == 0) continue;
    text += fmt::format(
        "{:>16} {:>10} {:>16} {:>9}\n",
        fmt::format("{:.3f} to {:.3f}", static_cast<double>(i) / bins,
                    static_cast<double>(i + 1) / bins),
        bin.decisions, format_percent(bin.mean_confidence),
        format_percent(static_cast<double>(bin.right) / static_cast<double>(bin.decisions)));
  }
  return text;
}

}  // namespace lockstep
