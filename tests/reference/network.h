#pragma once
// Forward and backward through the layers, one row at a time.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "reference/job.h"

namespace reference {

using Tensor = std::vector<float>;
using Parameters = std::vector<Tensor>;  // weights [O, I] and bias [O] of each layer, in turn

// What forward() keeps of a row for backward().
struct RowPass {
  std::vector<Tensor> inputs;  // of each layer
  std::vector<Tensor> slopes;  // of each layer
  Tensor outputs;
};

// A training step, and the number of the example that the row holds: the key of its masks.
struct MaskKey {
  std::size_t step;
  std::size_t example;
};

// One row through all layers; without a key there is no dropout.
RowPass forward(const Job& job, Precision precision, const Parameters& parameters,
                std::span<const float> x, std::optional<MaskKey> key);

// The gradient of a shard's rows, in their order and in the precision of training.
// outputs_gradient: [B][outputs].
Parameters backward(const Job& job, const Parameters& parameters, const std::vector<RowPass>& rows,
                    std::vector<Tensor> gradient_of_outputs);

}  // namespace reference
