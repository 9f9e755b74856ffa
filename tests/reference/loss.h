#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "reference/job.h"

namespace reference {

struct RowLoss {
  double loss = 0.0;
  std::vector<float> gradient = {};  // [outputs]
  std::size_t wrong = 0;             // decisions
};

// The loss of a row of outputs. target: the class (softmax), or a value for each output.
RowLoss row_loss(const Job& job, std::span<const float> z, std::span<const float> target);

// The same, counted `weight` times.
RowLoss times(float weight, RowLoss row);

}  // namespace reference
