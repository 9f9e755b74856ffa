#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "records/set_metrics.h"

namespace lockstep {

// One row of metrics.jsonl. Costs and errors are the same bits at every layout.
struct Evaluation {
  std::uint64_t step = 0;
  double epoch = 0;
  double cost = 0;     // J: mean loss on training examples + penalty, dropout off
  double penalty = 0;  // the regularizer's part of J: l2_penalty + l1_penalty
  double l2_penalty = 0;
  double l1_penalty = 0;
  double batch_cost = 0;  // mean training loss (dropout on) since the last evaluation
  std::optional<double> train_error;
  std::optional<double> train_dev_error;
  std::optional<double> train_dev_cost;  // without penalty
  std::optional<double> dev_error;
  std::optional<double> dev_cost;  // without penalty
  SetMetrics dev_metrics = {};
  double weights_norm = 0;       // Frobenius, over all weights; biases left out
  double weights_near_zero = 0;  // fraction of them; see nn/weight_statistics.h
  // That of all parameters, as in Summary; empty: the record is that of an older build.
  std::string weights_digest;
  double learning_rate = 0;
  // Norm of the gradient of J in the last step, over all parameters and before clipping; none
  // without clipping.
  std::optional<double> gradient_norm;
  std::uint64_t skipped_steps = 0;  // steps so far that changed nothing; see training.on_nonfinite
  std::uint64_t rollbacks = 0;      // so far; see training.rollback
  bool best = false;                // the best dev metric so far
  double seconds = 0;  // time of training in all sessions so far; a timing, not a result
  double examples_per_second = 0;
};

}  // namespace lockstep
