#pragma once
// The numbers that are logged of a set.

#include <cstddef>
#include <vector>

#include "reference/data.h"
#include "reference/network.h"

namespace reference {

struct Score {
  double cost = 0.0;      // the mean loss
  std::size_t wrong = 0;  // decisions
  std::size_t decisions = 0;
};

// Of the examples of each list in turn, in blocks of 256 within each, in the precision of
// evaluation.
Score evaluate(const Job& job, const Data& data, const Parameters& weights,
               const std::vector<Numbers>& lists);

// What is added to the cost of the training set.
struct Penalty {
  double l2 = 0.0;
  double l1 = 0.0;
};

Penalty penalty(const Job& job, const Parameters& weights, std::size_t train_examples);

// The norm of all weights, without biases.
double weights_norm(const Parameters& weights);

// The fraction of them that are close to 0, as weights of their layer go.
double weights_near_zero(const Parameters& weights);

}  // namespace reference
