#include "train/row_weights.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "base/error.h"
#include "data/table.h"

namespace lockstep {
namespace {

constexpr const char* kField = "training.class_weights";

// The number of the class with this name or number.
std::size_t class_named(const std::string& of, std::size_t classes,
                        std::span<const std::string> names) {
  for (std::size_t k = 0; k < classes; ++k) {
    if ((names.empty() ? fmt::to_string(k) : names[k]) == of) return k;
  }
  const std::string expected = names.empty() ? fmt::format("a number from 0 to {}", classes - 1)
                                             : "one of " + quoted_names(names);
  throw Error(ExitCode::usage,
              fmt::format("{} names the class \"{}\"; expected {}", kField, of, expected));
}

std::vector<double> weights_of_classes(const ClassWeights& weights,
                                       std::span<const std::uint64_t> counts,
                                       std::span<const std::string> names) {
  std::vector<double> of_classes(counts.size(), 1.0);
  for (const ClassWeight& weight : weights.given) {
    of_classes[class_named(weight.of, counts.size(), names)] = weight.value;
  }
  if (!weights.balanced) return of_classes;
  // Up to a factor, which the mean takes away.
  std::ranges::transform(counts, of_classes.begin(), [](std::uint64_t count) {
    return count == 0 ? 0.0 : 1.0 / static_cast<double>(count);
  });
  return of_classes;
}

}  // namespace

std::vector<float> class_factors(const ClassWeights& weights, std::span<const std::uint64_t> counts,
                                 std::span<const std::string> names) {
  if (counts.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("{} needs one class label for each example, and the examples have "
                            "several targets; remove it",
                            kField));
  }
  const std::vector<double> of_classes = weights_of_classes(weights, counts, names);
  double sum = 0;
  double examples = 0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    sum += of_classes[k] * static_cast<double>(counts[k]);
    examples += static_cast<double>(counts[k]);
  }
  if (!(sum > 0)) {
    throw Error(ExitCode::usage,
                fmt::format("{} gives all training examples the weight 0, so there is nothing to "
                            "learn",
                            kField));
  }
  std::vector<float> factors;
  factors.reserve(of_classes.size());
  for (const double weight : of_classes) {
    factors.push_back(static_cast<float>(weight * examples / sum));
  }
  return factors;
}

std::vector<float> row_weights(std::span<const float> factors, std::span<const float> labels) {
  std::vector<float> weights;
  weights.reserve(labels.size());
  for (const float label : labels) weights.push_back(factors[static_cast<std::size_t>(label)]);
  return weights;
}

std::vector<float> weights_of(std::span<const float> row_weights,
                              std::span<const std::uint32_t> rows) {
  std::vector<float> weights;
  if (row_weights.empty()) return weights;
  weights.reserve(rows.size());
  for (const std::uint32_t row : rows) weights.push_back(row_weights[row]);
  return weights;
}

}  // namespace lockstep
