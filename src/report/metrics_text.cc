#include "report/metrics_text.h"

#include <cstddef>
#include <optional>

#include <fmt/format.h>

#include "base/number_text.h"

namespace lockstep {

std::string metrics_line_of(const SetMetrics& metrics) {
  std::string line;
  const auto add = [&](const char* name, const std::optional<double>& number) {
    if (!number) return;
    line += fmt::format("{}{} {:.4g}", line.empty() ? "" : "  ", name, *number);
  };
  add("ROC AUC", metrics.roc_auc);
  add("average precision", metrics.average_precision);
  add("macro F1", metrics.macro_f1);
  add("balanced accuracy", metrics.balanced_accuracy);
  add("log loss", metrics.log_loss);
  add("calibration error", metrics.calibration_error);
  add("RMSE", metrics.rmse);
  add("MAE", metrics.mae);
  add("R2", metrics.r2);
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
