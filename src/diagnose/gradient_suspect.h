#pragma once
// Suggests where to look when a gradient check fails (lecture 1.14: "all of some layer's db off,
// or dW, tells where").

#include <optional>
#include <string>
#include <vector>

#include "diagnose/gradient_check.h"

namespace lockstep {

struct Suspect {
  // The tensors whose gradient is doubtful or wrong, in the order of theta.
  std::vector<std::string> tensors;
  // The layer to examine first, counted from 1 as in "layer1.weight"; absent if it cannot be
  // determined, for example when all are off.
  std::optional<std::size_t> layer;
  std::string hint;  // a sentence or two for a person
};

// Finds the suspect; none when all tensors pass. It uses these signs:
// - every bias is off by the same factor: a division is missing or done twice; if the factor is
//   `rows`, the examples in the batch, it is 1/m;
// - the error consists of multiples of the weights (L2) and of their signs (L1): it is the penalty
//   of those layers;
// - a fault in the backward pass of a layer spoils that layer and those below (nearer the input)
//   and none above, so the uppermost layer has the fault.
std::optional<Suspect> find_suspect(const GradientCheck& check, std::uint64_t rows);

}  // namespace lockstep
