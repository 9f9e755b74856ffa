#pragma once
// A whole training.

#include "reference/evaluate.h"
#include "reference/job.h"
#include "reference/network.h"

namespace reference {

struct Result {
  Parameters weights;  // after the last step or, with early stopping, of the best evaluation
  std::size_t steps = 0;
  double train_cost = 0.0;  // with the penalty
  Score train;
  Score dev;
};

Result train(const Job& job, const Examples& examples);

}  // namespace reference
