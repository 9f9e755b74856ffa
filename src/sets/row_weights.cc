#include "sets/row_weights.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "base/error.h"
#include "comm/agreement.h"
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

// The weight of each row, before it is divided by the mean.
std::vector<double> products(const Examples& examples, std::span<const double> of_classes,
                             const GivenWeights& of_rows) {
  std::vector<double> weights(examples.size(), 1.0);
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!of_classes.empty()) {
      weights[row] = of_classes[static_cast<std::size_t>(examples.labels[row])];
    }
    if (of_rows) weights[row] *= static_cast<double>((*of_rows)[row]);
  }
  return weights;
}

}  // namespace

std::vector<double> weights_of_classes(const ClassWeights& weights,
                                       std::span<const std::uint64_t> counts,
                                       std::span<const std::string> names) {
  if (counts.empty()) {
    throw Error(ExitCode::usage,
                fmt::format("{} needs one class label for each example, and the examples have "
                            "several targets; remove it",
                            kField));
  }
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

std::vector<float> row_weights(const Communicator& comm, const OwnShards& own,
                               std::span<const double> of_classes, const GivenWeights& of_rows,
                               std::uint64_t train_examples) {
  if (of_classes.empty() && !of_rows) return {};
  const std::vector<double> weights = products(own.examples, of_classes, of_rows);
  const double sum = sum_over_shards(comm, own, 1, [&](std::span<const std::uint32_t> rows) {
    double of_shard = 0;
    for (const std::uint32_t row : rows) of_shard += weights[row];
    return std::vector<double>{of_shard};
  })[0];
  agree(comm, [&] {
    if (sum > 0) return;
    throw Error(ExitCode::data,
                "all training examples have the weight 0, so there is nothing to learn; see the "
                "column with the role WEIGHT, and training.class_weights");
  });
  const double mean = sum / static_cast<double>(train_examples);
  std::vector<float> factors;
  factors.reserve(weights.size());
  for (const double weight : weights) factors.push_back(static_cast<float>(weight / mean));
  return factors;
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
