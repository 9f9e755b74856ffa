#pragma once
// Errors of a loss that predicts values, which can be compared with each other.

#include <optional>

namespace lockstep {

// RMSE divided by the deviation of the target over the training set, mean over the targets.
struct RelativeRmse {
  double value = 0;
  double standard_error = 0;  // by bootstrap
  friend bool operator==(const RelativeRmse&, const RelativeRmse&) = default;
};

// The errors of each set; absent: there is no such set, or it is too large to keep its predictions.
struct ValueErrors {
  std::optional<RelativeRmse> train, train_dev, dev, test;
  double deviation = 0;  // of the target over the training set; 0 with several targets
};

}  // namespace lockstep
