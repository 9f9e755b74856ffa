#include "report/metrics_text.h"

#include <cstddef>
#include <optional>

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
