#include "config/metric.h"

#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/or_list.h"

namespace lockstep {
namespace {

// "DEV_COST, RMSE, ... or R2".
std::string metrics_of_values() {
  std::vector<std::string_view> names;
  for (const auto& [metric, name] : enum_names(Metric{})) {
    if (suits(metric, /*values=*/true)) names.push_back(name);
  }
  return or_list(names);
}

}  // namespace

std::string why_not_suited(const std::string& path, Metric metric, bool values) {
  const std::string is = fmt::format("{} is {}", path, enum_name(metric));
  const std::string use = "use " + metrics_of_values();
  if (metric == Metric::dev_error) {
    return fmt::format("{}, but a loss that predicts values has no error rate; {}", is, use);
  }
  return values ? fmt::format("{}, but the loss predicts values; {}", is, use)
                : is + ", which is for a loss that predicts values";
}

std::string why_missing(const std::string& decision, Metric metric) {
  return fmt::format(
      "{} by {}, which the dev set does not have: it needs examples of different classes, or "
      "targets that differ; give another dev set or metric",
      decision, facts_of(metric).name);
}

}  // namespace lockstep
