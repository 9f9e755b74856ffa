#pragma once
// A whole training.

#include "reference/evaluate.h"
#include "reference/job.h"
#include "reference/network.h"

namespace reference {

struct Result {
  Parameters weights;  // after the last step or, with early stopping, of the best evaluation
  std::size_t steps = 0;
  double gradient_norm = 0.0;  // of the last step, before clipping; 0 without clipping
  Penalty penalty = {};
  double train_cost = 0.0;  // with the penalty
  Score train;
  Score dev;
};

Result train(const Job& job, const Examples& examples);

}  // namespace reference
