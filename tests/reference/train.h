#pragma once
// A whole training.

#include <cstddef>
#include <vector>

#include "reference/evaluate.h"
#include "reference/job.h"
#include "reference/network.h"

namespace reference {

// What is known of the weights after a step.
struct Measures {
  Score train = {};
  Score dev = {};
  Penalty penalty = {};
  double cost = 0.0;  // of the training examples, with the penalty
  double weights_norm = 0.0;
  double weights_near_zero = 0.0;
};

// An evaluation during the run.
struct Evaluation {
  std::size_t step = 0;
  Measures measures = {};
  double batch_cost = 0.0;     // the mean loss of the batches since the last evaluation
  double learning_rate = 0.0;  // of the step
  double gradient_norm = 0.0;  // of the step, before clipping; 0 without clipping
};

struct Result {
  Parameters weights;  // after the last step or, with early stopping, of the best evaluation
  std::size_t steps = 0;
  std::vector<Evaluation> evaluations;
  Measures at_end;  // of `weights`
};

Result train(const Job& job, const Examples& examples);

}  // namespace reference
