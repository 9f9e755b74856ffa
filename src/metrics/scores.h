#pragma once
// The scores of an evaluation on the sets of examples.

#include <cstdint>
#include <optional>

#include "nn/loss.h"
#include "records/set_metrics.h"
#include "records/value_errors.h"

namespace lockstep {

// Sums over a set of examples, their number (0: no such set), and what else is measured on it.
struct SetScore {
  LossSums sums;
  std::uint64_t examples = 0;
  SetMetrics metrics = {};                         // of the dev and test sets
  std::optional<RelativeRmse> relative_rmse = {};  // at the end, of values
};

struct Scores {
  SetScore train, train_dev, dev, test;
};

// The fraction of wrong decisions; none without examples or without decisions.
std::optional<double> error_rate(const SetScore& score);

// The error rate times the number of examples; 0 if there is no error rate. Intervals count
// examples even if each has several labels: the labels of one example are not independent of each
// other, and counting them separately would make intervals too narrow.
double wrong_examples(const SetScore& score);

// The mean loss; none without examples.
std::optional<double> mean_loss(const SetScore& score);

}  // namespace lockstep
