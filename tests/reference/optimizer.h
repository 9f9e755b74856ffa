#pragma once
// How a gradient changes the weights.

#include <cstddef>

#include "reference/network.h"

namespace reference {

// Averages of gradients (first) and of their squares (second), and what the exchange in bfloat16
// has left of changes; all 0 before the first step.
struct Averages {
  Parameters first;
  Parameters second;
  Parameters residual;
};

Averages no_averages(const Parameters& parameters);

// One step, in place. t: the number of the step, from 1; alpha: its learning rate.
void optimize(const Job& job, double alpha, std::size_t t, const Parameters& gradient,
              Averages& averages, Parameters& weights);

}  // namespace reference
