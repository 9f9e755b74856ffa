#pragma once
// Where to look when a gradient check fails (lecture 1.14: "all of some layer's
// db off, or dW, tells where").

#include <optional>
#include <string>
#include <vector>

#include "diagnose/gradient_check.h"

namespace lockstep {

struct Suspect {
  // The tensors whose gradient is doubtful or wrong, in the order of theta.
  std::vector<std::string> tensors;
  // The layer to look at first, counted from 1 as in "layer1.weight"; absent
  // when that cannot be told, as when all are off.
  std::optional<std::size_t> layer;
  std::string hint;  // a sentence or two for a person
};

// Nothing when all tensors pass. Goes by these signs:
// - every bias is off by one factor: a division is missing or done twice; if the
//   factor is `rows`, the examples in the batch, it is 1/m;
// - what is off is made of multiples of the weights (L2) and of their signs (L1):
//   the penalty of those layers;
// - a fault in the backward pass of a layer spoils that layer and those below
//   (nearer the input) and none above: so the uppermost is the one.
std::optional<Suspect> find_suspect(const GradientCheck& check, std::uint64_t rows);

}  // namespace lockstep
