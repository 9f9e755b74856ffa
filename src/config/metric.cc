#include "config/metric.h"

#include <fmt/format.h>

#include "proto/metric.pb.h"

namespace lockstep {

std::string why_not_suited(const std::string& path, Metric metric, bool values) {
  const std::string name = proto::Metric_Name(static_cast<proto::Metric>(metric));
  if (metric == Metric::dev_error) {
    return fmt::format(
        "{} is {}, but a loss that predicts values has no error rate; use DEV_COST, RMSE, MAE or "
        "R2",
        path, name);
  }
  return values
             ? fmt::format("{} is {}, but the loss predicts values; use DEV_COST, RMSE, MAE or R2",
                           path, name)
             : fmt::format("{} is {}, which is for a loss that predicts values", path, name);
}

}  // namespace lockstep
