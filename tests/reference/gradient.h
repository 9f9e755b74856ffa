#pragma once
// From the gradients of the shards to the one that the optimizer sees.

#include <cstddef>
#include <vector>

#include "reference/network.h"

namespace reference {

// Whether the penalties (and the decay of AdamW) apply to a tensor of Parameters.
bool is_penalized(const Job& job, std::size_t tensor);

// The sum of the shards' gradients, by the binary tree, whose nodes have the precision.
Parameters tree_sum(Precision precision, const std::vector<Parameters>& shards);

// Divides by the rows of the batch, adds the penalties and clips, in place. n: the number of
// training examples. Returns the norm before clipping; 0 without clipping.
double finish_gradient(const Job& job, const Parameters& weights, std::size_t rows, std::size_t n,
                       Parameters& gradient);

}  // namespace reference
