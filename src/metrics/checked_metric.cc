#include "metrics/checked_metric.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/or_list.h"
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
    throw Error(
        ExitCode::usage,
        fmt::format("early_stopping.metric is {}, which examples with several labels do not have; "
                    "use {}",
                    enum_name(metric),
                    or_list({enum_name(Metric::macro_f1), enum_name(Metric::roc_auc),
                             enum_name(Metric::average_precision)})));
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
