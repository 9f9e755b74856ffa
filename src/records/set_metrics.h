#pragma once
// Numbers of an evaluation on a set of examples, besides its error and cost.

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

  // ---- regression, over all targets ----
  std::optional<double> rmse;  // root of the mean squared error
  std::optional<double> mae;   // mean absolute error
  std::optional<double> r2;    // 1 - squared errors / squares around the mean; mean over targets
};

}  // namespace lockstep
