#pragma once
// Splits train-dev, dev and test sets off one source (lecture 1.1), chosen by seed.
// The same arguments give the same split on every rank.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// Numbers of examples in the parts of one source. The remaining examples are in no part.
struct PartSizes {
  std::uint64_t dev = 0;
  std::uint64_t test = 0;
  std::uint64_t train_dev = 0;

  [[nodiscard]] std::uint64_t total() const { return dev + test + train_dev; }
};

// Disjoint parts that together hold every example; ids ascending.
struct Split {
  std::vector<std::uint32_t> rest;  // in no part; the training set, if this is the training source
  std::vector<std::uint32_t> dev;
  std::vector<std::uint32_t> test;
  std::vector<std::uint32_t> train_dev;
};

// The key of a split: different `source`s of the same job are split differently.
struct SplitKey {
  std::uint32_t seed = 0;
  std::uint32_t source = 0;
};

// Splits n examples, n below 2^32; the sizes add up to at most n.
Split split_examples(std::uint64_t n, const PartSizes& sizes, SplitKey key);

// The same, but keeps the proportions of the classes: each part and the rest have
// their exact sizes, and their number of examples of each class is the exact share
// rounded up or down. Throws Error(data) for a label that is not a class number.
Split split_stratified(std::span<const float> labels, const PartSizes& sizes, SplitKey key);

// The same for whole groups, where groups[i] is the group of example i: no group is in
// two parts. Dev, test and train-dev, in this order, each take those of the remaining
// groups, in keyed order, whose sizes add up to the sum nearest to the wanted size. If
// the parts are to take everything, the last part takes all that remain. Throws
// Error(data) when a part that should have examples gets none.
Split split_by_group(std::span<const std::uint64_t> groups, const PartSizes& sizes, SplitKey key);

}  // namespace lockstep
