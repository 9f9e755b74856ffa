#pragma once
// The metrics of a set as JSON.

#include <cstddef>
#include <optional>

#include "base/json_text.h"
#include "records/set_metrics.h"

namespace lockstep {

// An object with the metrics that are present; null without any.
inline Json metrics_to_json(const SetMetrics& metrics) {
  Json object;
  for (const SetMetricFacts& facts : kSetMetrics) {
    const std::optional<double>& number = metrics.*facts.number;
    if (number) set_number(object, facts.key, number);
  }
  return object;
}

// The same with the bins of calibration, or with the metrics of each of several targets.
inline Json metrics_in_detail_to_json(const SetMetrics& metrics) {
  Json object = metrics_to_json(metrics);
  const auto count = static_cast<double>(metrics.reliability.size());
  for (std::size_t i = 0; i < metrics.reliability.size(); ++i) {
    const ReliabilityBin& of = metrics.reliability[i];
    object["reliability"].push_back(
        {{"from", static_cast<double>(i) / count},
         {"to", static_cast<double>(i + 1) / count},
         {"decisions", of.decisions},
         {"right", of.right},
         {"mean_confidence", of.decisions > 0 ? Json(of.mean_confidence) : Json()}});
  }
  for (const TargetMetrics& of : metrics.targets) {
    Json& target = object["targets"].emplace_back();
    set_number(target, "rmse", of.rmse);
    set_number(target, "mae", of.mae);
    if (of.r2) set_number(target, "r2", of.r2);
  }
  return object;
}

// Reads what metrics_to_json() made. Anything else is absent.
inline SetMetrics metrics_from_json(const Json& object) {
  SetMetrics metrics;
  for (const SetMetricFacts& facts : kSetMetrics) {
    const auto field = object.find(facts.key);
    if (field != object.end() && field->is_number()) {
      metrics.*facts.number = field->get<double>();
    }
  }
  return metrics;
}

}  // namespace lockstep
