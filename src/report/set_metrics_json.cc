#include "report/set_metrics_json.h"

#include <cstddef>

namespace lockstep {
namespace {

// Calls use(name, number) for each metric that is a number, in the order of the contract.
template <typename Metrics, typename Use>
void for_each_metric(Metrics& metrics, const Use& use) {
  use("log_loss", metrics.log_loss);
  use("macro_f1", metrics.macro_f1);
  use("balanced_accuracy", metrics.balanced_accuracy);
  use("roc_auc", metrics.roc_auc);
  use("average_precision", metrics.average_precision);
  use("calibration_error", metrics.calibration_error);
  use("baseline_error", metrics.baseline_error);
  use("rmse", metrics.rmse);
  use("mae", metrics.mae);
  use("r2", metrics.r2);
}

Json bins_json(const std::vector<ReliabilityBin>& bins) {
  Json array = Json::array();
  const auto count = static_cast<double>(bins.size());
  for (std::size_t i = 0; i < bins.size(); ++i) {
    Json& bin = array.emplace_back(Json{{"from", static_cast<double>(i) / count},
                                        {"to", static_cast<double>(i + 1) / count},
                                        {"decisions", bins[i].decisions},
                                        {"right", bins[i].right}});
    bin["mean_confidence"] = bins[i].decisions > 0 ? Json(bins[i].mean_confidence) : Json();
  }
  return array;
}

}  // namespace

Json metrics_to_json(const SetMetrics& metrics, bool with_reliability) {
  Json object;
  for_each_metric(metrics, [&](const char* name, const std::optional<double>& number) {
    if (number) set_number(object, name, number);
  });
  if (with_reliability && !metrics.reliability.empty()) {
    object["reliability"] = bins_json(metrics.reliability);
  }
  return object;
}

SetMetrics metrics_from_json(const Json& object) {
  SetMetrics metrics;
  for_each_metric(metrics, [&](const char* name, std::optional<double>& number) {
    const auto field = object.find(name);
    if (field != object.end() && field->is_number()) number = field->get<double>();
  });
  return metrics;
}

}  // namespace lockstep
