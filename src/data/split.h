#pragma once
// Holding train-dev, dev and test sets out of one source (lecture 1.1), chosen by
// seed. The same arguments give the same split on every rank.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// Numbers of examples of the parts of one source; n of the rest are in none.
struct PartSizes {
  std::uint64_t dev = 0;
  std::uint64_t test = 0;
  std::uint64_t train_dev = 0;

  [[nodiscard]] std::uint64_t total() const { return dev + test + train_dev; }
};

// Disjoint parts that together hold every example; ids ascending.
struct Split {
  std::vector<std::uint32_t> rest;  // in no part: of the training source, what is trained on
  std::vector<std::uint32_t> dev;
  std::vector<std::uint32_t> test;
  std::vector<std::uint32_t> train_dev;
};

// The key of a split: another `source` of the same job is split differently.
struct SplitKey {
  std::uint32_t seed = 0;
  std::uint32_t source = 0;
};

// Any n examples, n below 2^32, of which the parts take at most all.
Split split_examples(std::uint64_t n, const PartSizes& sizes, SplitKey key);

// The same, keeping the proportions of the classes: each part and the rest have
// their exact sizes, and of each class its exact share rounded up or down.
// Throws Error(data) for a label that is not a class number.
Split split_stratified(std::span<const float> labels, const PartSizes& sizes, SplitKey key);

// The same for whole groups, groups[i] being that of example i: no group is in
// two parts. Dev, test and train-dev in turn take those of the groups left, in keyed
// order, whose sizes add up to the nearest sum that there is; when the parts are
// meant to take everything, the last takes all that is left. Throws
// Error(data) when a part that should have examples gets none.
Split split_by_group(std::span<const std::uint64_t> groups, const PartSizes& sizes, SplitKey key);

}  // namespace lockstep
