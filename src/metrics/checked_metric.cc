#include "metrics/checked_metric.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "metrics/dev_metric.h"
#include "metrics/set_metrics.h"

namespace lockstep {

void check_metric(const Job& job, const Examples& dev) {
  const Metric metric = stopping_metric(job);
  if (!needs_predictions(metric) || dev.size() == 0) return;
  const OutputConfig& output = job.network.output;
  Predictions predictions{
      .loss = output.loss,
      .by_unit = output.loss == Loss::logistic && dev.label_width == output.units,
      .outputs = output.units,
      .label_width = dev.label_width,
      .values = std::vector<float>(dev.size() * output.units),
      .labels = dev.labels,
      .decided = {}};
  if (predictions.by_unit && output.units > 1 && metric == Metric::balanced_accuracy) {
    throw Error(ExitCode::usage,
                "early_stopping.metric is BALANCED_ACCURACY, which examples with several labels do "
                "not have; use MACRO_F1, ROC_AUC or AVERAGE_PRECISION");
  }
  predictions.decided.resize(dev.size() * (predictions.by_unit ? output.units : 1));
  SetScore score{.sums = {}, .examples = dev.size()};
  score.metrics = metrics_of(predictions, {});
  static_cast<void>(dev_metric(metric, score));
}

void check_threshold(const Job& job, const Examples& dev) {
  const auto is_second = [](float label) { return label > 0.5F; };
  if (!job.evaluation.threshold || std::ranges::any_of(dev.labels, is_second)) return;
  throw Error(ExitCode::data,
              "evaluation.threshold is chosen on the dev set, which has no example of the second "
              "class; give dev some (data.split.stratified, or a larger part), or leave the "
              "threshold out");
}

}  // namespace lockstep
