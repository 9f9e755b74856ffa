#pragma once
// The examples on which a model errs most: a look at them shows wrong labels, rare cases and what
// the inputs do not say (error analysis).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "metrics/set_metrics.h"

namespace lockstep {

struct WorstExample {
  std::uint64_t example = 0;  // its number in its source, from 0
  std::string place = {};     // "leaves.csv:12"; empty where examples are only numbered
  // For values, the largest |prediction - target| over the targets, each in deviations of the
  // target where targets are standardized. For classes, 1 - the probability of the true class, or
  // the largest |probability - label| over the units.
  double deviation = 0;
  std::size_t output = 0;          // the target or unit that is farthest off; 0 for classes
  std::vector<float> labels = {};  // [label_width], in the units of the file
  std::vector<float> predictions =
      {};  // [outputs]: probabilities, or values in the units of the file
};

// The `most` examples with the largest deviation, the largest first, and equal ones in the order of
// their numbers. `examples`: the number of each example of `predictions`; `deviations`: of the
// targets, or empty. Pure.
std::vector<WorstExample> worst_examples(const Predictions& predictions,
                                         std::span<const std::uint32_t> examples,
                                         std::span<const double> deviations, std::size_t most);

}  // namespace lockstep
