#include "metrics/set_metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "metrics/decision_counts.h"
#include "metrics/ranking.h"
#include "nn/layers.h"
#include "nn/prediction.h"

namespace lockstep {
namespace {

std::uint64_t examples_of(const Predictions& predictions) {
  return predictions.labels.size() / predictions.label_width;
}

std::span<const float> values_of(const Predictions& predictions, std::uint64_t example) {
  return std::span(predictions.values).subspan(example * predictions.outputs, predictions.outputs);
}

std::span<const float> labels_of(const Predictions& predictions, std::uint64_t example) {
  return std::span(predictions.labels)
      .subspan(example * predictions.label_width, predictions.label_width);
}

bool is_yes(float label) { return label > 0.5F; }

// The mean of the numbers that are present.
class Mean {
 public:
  void add(std::optional<double> number) {
    if (!number) return;
    sum_ += *number;
    ++count_;
  }
  [[nodiscard]] std::optional<double> value() const {
    if (count_ == 0) return std::nullopt;
    return sum_ / count_;
  }

 private:
  double sum_ = 0;
  double count_ = 0;
};

// ---- decisions ----

void count(std::uint64_t truth, std::uint64_t decided, std::span<ClassScores> classes) {
  ++classes[truth].examples;
  ++classes[decided].decided;
  if (truth == decided) ++classes[truth].right;
}

void add_class_scores(std::span<const ClassScores> classes, SetMetrics& metrics) {
  Mean f1s;
  Mean recalls;
  for (const ClassScores& of : classes) {
    f1s.add(of.f1());
    recalls.add(of.recall());
  }
  metrics.macro_f1 = f1s.value();
  metrics.balanced_accuracy = recalls.value();
}

void add_decisions_of_classes(const Predictions& predictions, SetMetrics& metrics) {
  std::vector<ClassScores> classes(std::max<std::uint64_t>(predictions.outputs, 2));
  for (std::uint64_t i = 0; i < examples_of(predictions); ++i) {
    count(static_cast<std::uint64_t>(labels_of(predictions, i)[0]), predictions.decided[i],
          classes);
  }
  add_class_scores(classes, metrics);
}

// A single unit has the classes no and yes. Several units have an F1 of yes each.
void add_decisions_of_units(const Predictions& predictions, SetMetrics& metrics) {
  Mean f1s;
  for (std::uint64_t unit = 0; unit < predictions.outputs; ++unit) {
    std::vector<ClassScores> no_and_yes(2);
    for (std::uint64_t i = 0; i < examples_of(predictions); ++i) {
      count(is_yes(labels_of(predictions, i)[unit]) ? 1 : 0,
            predictions.decided[i * predictions.outputs + unit], no_and_yes);
    }
    if (predictions.outputs == 1) return add_class_scores(no_and_yes, metrics);
    f1s.add(no_and_yes[1].f1());
  }
  metrics.macro_f1 = f1s.value();
}

// ---- rankings ----

void add_rankings(const Predictions& predictions, SetMetrics& metrics) {
  Mean areas;
  Mean precisions;
  // With two classes, the second one alone is ranked.
  const bool two_classes = !predictions.by_unit && predictions.outputs == 2;
  for (std::uint64_t output = two_classes ? 1 : 0; output < predictions.outputs; ++output) {
    std::vector<RankedExample> ranked(examples_of(predictions));
    for (std::uint64_t i = 0; i < ranked.size(); ++i) {
      const std::span<const float> labels = labels_of(predictions, i);
      ranked[i] = {values_of(predictions, i)[output],
                   predictions.by_unit ? is_yes(labels[output])
                                       : static_cast<std::uint64_t>(labels[0]) == output};
    }
    const RankingAreas of = ranking_areas(std::move(ranked));
    areas.add(of.roc_auc);
    precisions.add(of.average_precision);
  }
  metrics.roc_auc = areas.value();
  metrics.average_precision = precisions.value();
}

// ---- calibration ----

void add_calibration(const Predictions& predictions, SetMetrics& metrics) {
  std::vector<double> confidences(kReliabilityBins);
  metrics.reliability.resize(kReliabilityBins);
  const auto add = [&](double confidence, bool right) {
    const auto bin =
        std::min(static_cast<std::uint64_t>(confidence * static_cast<double>(kReliabilityBins)),
                 kReliabilityBins - 1);
    confidences[bin] += confidence;
    ++metrics.reliability[bin].decisions;
    if (right) ++metrics.reliability[bin].right;
  };
  for (std::uint64_t i = 0; i < examples_of(predictions); ++i) {
    const std::span<const float> values = values_of(predictions, i);
    const std::span<const float> labels = labels_of(predictions, i);
    if (!predictions.by_unit) {
      const std::uint32_t decided = predictions.decided[i];
      add(values[decided], decided == static_cast<std::uint64_t>(labels[0]));
      continue;
    }
    for (std::uint64_t unit = 0; unit < predictions.outputs; ++unit) {
      const bool yes = predictions.decided[i * predictions.outputs + unit] != 0;
      add(yes ? values[unit] : 1.0 - static_cast<double>(values[unit]),
          yes == is_yes(labels[unit]));
    }
  }
  double difference = 0;
  std::uint64_t decisions = 0;
  for (std::uint64_t bin = 0; bin < kReliabilityBins; ++bin) {
    ReliabilityBin& of = metrics.reliability[bin];
    if (of.decisions == 0) continue;
    decisions += of.decisions;
    of.mean_confidence = confidences[bin] / static_cast<double>(of.decisions);
    difference += std::abs(confidences[bin] - static_cast<double>(of.right));
  }
  metrics.calibration_error = difference / static_cast<double>(decisions);
}

std::optional<double> baseline_error(const Predictions& predictions,
                                     std::span<const std::uint64_t> class_counts) {
  if (class_counts.empty()) return std::nullopt;
  const auto most = std::ranges::max_element(class_counts) - class_counts.begin();
  const auto others = std::ranges::count_if(
      predictions.labels, [&](float label) { return static_cast<std::ptrdiff_t>(label) != most; });
  return static_cast<double>(others) / static_cast<double>(predictions.labels.size());
}

// ---- regression ----

TargetMetrics metrics_of_target(const Predictions& predictions, std::uint64_t target) {
  const std::uint64_t examples = examples_of(predictions);
  const auto count = static_cast<double>(examples);
  double sum = 0;
  for (std::uint64_t i = 0; i < examples; ++i) sum += labels_of(predictions, i)[target];
  const double mean = sum / count;
  double squares = 0;
  double magnitudes = 0;
  double around_mean = 0;
  for (std::uint64_t i = 0; i < examples; ++i) {
    const double label = labels_of(predictions, i)[target];
    const double residual = label - values_of(predictions, i)[target];
    squares += residual * residual;
    magnitudes += std::abs(residual);
    around_mean += (label - mean) * (label - mean);
  }
  TargetMetrics metrics{std::sqrt(squares / count), magnitudes / count, std::nullopt};
  if (around_mean > 0) metrics.r2 = 1 - squares / around_mean;
  return metrics;
}

void add_regression(const Predictions& predictions, SetMetrics& metrics) {
  Mean rmse;
  Mean mae;
  Mean r2;
  for (std::uint64_t target = 0; target < predictions.outputs; ++target) {
    metrics.targets.push_back(metrics_of_target(predictions, target));
    rmse.add(metrics.targets.back().rmse);
    mae.add(metrics.targets.back().mae);
    r2.add(metrics.targets.back().r2);
  }
  metrics.rmse = rmse.value();
  metrics.mae = mae.value();
  metrics.r2 = r2.value();
  if (predictions.outputs == 1) metrics.targets.clear();
}

}  // namespace

bool are_finite(const Predictions& predictions) {
  return std::ranges::all_of(predictions.values, [](float value) { return std::isfinite(value); });
}

SetMetrics metrics_of(const Predictions& predictions, std::span<const std::uint64_t> class_counts) {
  SetMetrics metrics;
  if (predictions.labels.empty()) return metrics;
  if (!are_finite(predictions)) return metrics;
  if (predicts_values(predictions.loss)) {
    // With a class label for several units, the targets are 0 and 1.
    if (predictions.label_width == predictions.outputs) add_regression(predictions, metrics);
    return metrics;
  }
  if (predictions.by_unit) {
    add_decisions_of_units(predictions, metrics);
  } else {
    add_decisions_of_classes(predictions, metrics);
  }
  add_rankings(predictions, metrics);
  add_calibration(predictions, metrics);
  metrics.baseline_error = baseline_error(predictions, class_counts);
  return metrics;
}

PredictionCollector::PredictionCollector(const NetworkSpec& spec, const TargetScale& targets,
                                         std::uint64_t label_width, int threads)
    : targets_(targets) {
  empty_.loss = spec.loss;
  empty_.by_unit = decides_by_unit(spec, label_width);
  empty_.outputs = output_size(spec);
  empty_.label_width = label_width;
  of_threads_.assign(static_cast<std::size_t>(threads), empty_);
}

void PredictionCollector::add(int thread, Matrix<const float> logits, Matrix<const float> labels) {
  Predictions& mine = of_threads_[static_cast<std::size_t>(thread)];
  const std::size_t values = mine.values.size();
  const std::size_t label_values = mine.labels.size();
  for (std::uint64_t r = 0; r < logits.rows; ++r) {
    const std::span<const float> row = logits.row(r);
    mine.values.insert(mine.values.end(), row.begin(), row.end());
    mine.labels.insert(mine.labels.end(), labels.row(r).begin(), labels.row(r).end());
    if (predicts_values(mine.loss)) continue;
    if (mine.by_unit) {
      for (const float logit : row) mine.decided.push_back(decides_yes(logit) ? 1 : 0);
    } else {
      mine.decided.push_back(static_cast<std::uint32_t>(decided_class(row)));
    }
  }
  to_predictions(mine.loss, Matrix<float>{mine.values.data() + values, logits.rows, mine.outputs});
  restore(targets_, std::span(mine.values).subspan(values));
  restore(targets_, std::span(mine.labels).subspan(label_values));
}

Predictions PredictionCollector::all(const Communicator& comm) const {
  Predictions own = empty_;
  for (const Predictions& mine : of_threads_) {
    own.values.insert(own.values.end(), mine.values.begin(), mine.values.end());
    own.labels.insert(own.labels.end(), mine.labels.begin(), mine.labels.end());
    own.decided.insert(own.decided.end(), mine.decided.begin(), mine.decided.end());
  }
  Predictions all = empty_;
  all.values = comm.gather(std::span<const float>(own.values));
  all.labels = comm.gather(std::span<const float>(own.labels));
  all.decided = comm.gather(std::span<const std::uint32_t>(own.decided));
  return all;
}

}  // namespace lockstep
