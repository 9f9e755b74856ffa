#pragma once
// Numbers of an evaluation on a set of examples, besides its error and cost.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace lockstep {

// The decisions whose confidence is in one part of [0, 1].
struct ReliabilityBin {
  std::uint64_t decisions = 0;
  std::uint64_t right = 0;
  double mean_confidence = 0;  // 0: no decisions
  friend bool operator==(const ReliabilityBin&, const ReliabilityBin&) = default;
};

// The predictions of one target, in its units.
struct TargetMetrics {
  double rmse = 0;           // root of the mean squared error
  double mae = 0;            // mean absolute error
  std::optional<double> r2;  // 1 - squared errors / squares around the mean; none if it is constant
  friend bool operator==(const TargetMetrics&, const TargetMetrics&) = default;
};

// What cannot be computed, or does not suit the loss, is absent.
struct SetMetrics {
  // ---- classification ----
  std::optional<double> log_loss;           // mean -log of the probability of the true class
  std::optional<double> macro_f1;           // mean F1 over the classes with examples or decisions
  std::optional<double> balanced_accuracy;  // mean recall over the classes with examples
  std::optional<double> roc_auc;            // area under the ROC curve; mean over classes
  std::optional<double> average_precision;  // area under precision over recall; mean over classes
  // Mean difference between confidence and accuracy over the bins, weighted by their decisions.
  std::optional<double> calibration_error;
  std::vector<ReliabilityBin> reliability;  // equal parts of [0, 1]; empty for regression
  // The error of always deciding the most frequent class of the training examples.
  std::optional<double> baseline_error;
  // With two classes, when the job chooses a threshold for the second one: the threshold, and the
  // error, precision, recall and F1 of deciding by it. See metrics/threshold.h.
  std::optional<double> threshold;
  std::optional<double> threshold_error;
  std::optional<double> threshold_precision;
  std::optional<double> threshold_recall;
  std::optional<double> threshold_f1;

  // ---- regression: means over the targets ----
  std::optional<double> rmse;
  std::optional<double> mae;
  std::optional<double> r2;
  std::vector<TargetMetrics> targets;  // of each target, when there are several
};

struct SetMetricFacts {
  const char* key;   // in files
  const char* name;  // for people
  std::optional<double> SetMetrics::*number;
};

// All numbers, in the order in which they are shown.
inline constexpr std::array<SetMetricFacts, 15> kSetMetrics = {{
    {"roc_auc", "ROC AUC", &SetMetrics::roc_auc},
    {"average_precision", "average precision", &SetMetrics::average_precision},
    {"macro_f1", "macro F1", &SetMetrics::macro_f1},
    {"balanced_accuracy", "balanced accuracy", &SetMetrics::balanced_accuracy},
    {"log_loss", "log loss", &SetMetrics::log_loss},
    {"calibration_error", "calibration error", &SetMetrics::calibration_error},
    {"baseline_error", "error of the most frequent class", &SetMetrics::baseline_error},
    {"threshold", "threshold", &SetMetrics::threshold},
    {"threshold_error", "error there", &SetMetrics::threshold_error},
    {"threshold_precision", "precision there", &SetMetrics::threshold_precision},
    {"threshold_recall", "recall there", &SetMetrics::threshold_recall},
    {"threshold_f1", "F1 there", &SetMetrics::threshold_f1},
    {"rmse", "RMSE", &SetMetrics::rmse},
    {"mae", "MAE", &SetMetrics::mae},
    {"r2", "R2", &SetMetrics::r2},
}};

}  // namespace lockstep
