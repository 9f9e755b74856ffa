#pragma once
// Which examples go where, and how their features are normalized.

#include <cstddef>
#include <span>
#include <vector>

#include "reference/job.h"

namespace reference {

using Numbers = std::vector<std::size_t>;  // of examples, in the file

// Each in ascending order.
struct Sets {
  Numbers train;
  Numbers dev;
};

// The data of a run, ready for the network.
struct Data {
  std::size_t features;
  std::size_t targets_per_row;
  std::vector<float> x;  // normalized, [n, features]
  std::vector<float> targets;
  std::vector<float> weights;  // [n], how much a training example counts; 1 for the others
  Sets sets;
  std::vector<Numbers> shards;  // of the training set; each in ascending order

  [[nodiscard]] std::span<const float> row(std::size_t example) const;
  [[nodiscard]] std::span<const float> target(std::size_t example) const;
};

Data prepare(const Job& job, const Examples& examples);

// The examples of a shard in the order in which an epoch (from 0) takes them.
Numbers order_of(const Job& job, std::size_t epoch, std::size_t shard, const Numbers& of_shard);

}  // namespace reference
