#pragma once
// Divides the examples of one source into folds for cross-validation (lecture 1.4), chosen by seed.
// The same arguments give the same folds on every rank. Nothing here communicates.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// The key of a division into folds: every repeat has one of its own.
struct FoldKey {
  std::uint32_t seed = 0;
  std::uint32_t repeat = 0;
};

// The fold of each example, from 0 to folds - 1. Every fold has at least one example.
using FoldNumbers = std::vector<std::uint32_t>;

// Number of examples of each fold of n: they differ by at most 1, and the first ones are larger.
// Throws Error(usage) for more folds than examples.
std::vector<std::uint64_t> fold_sizes(std::uint64_t n, std::uint32_t folds);

// Divides n examples, n below 2^32, into `folds` folds of fold_sizes(). Throws as fold_sizes()
// does.
FoldNumbers divide_examples(std::uint64_t n, std::uint32_t folds, FoldKey key);

// The same, but the number of examples of each class in a fold is the exact share, rounded up or
// down. Throws Error(data) for a label that is not a class number.
FoldNumbers divide_stratified(std::span<const float> labels, std::uint32_t folds, FoldKey key);

// The same for whole groups, where groups[i] is the group of example i. Groups are dealt out by
// size, the largest first (Graham's rule of the longest processing time; equal ones in keyed
// order), each to the fold with the fewest examples so far, the first among equals. Throws
// Error(usage) for more folds than groups.
FoldNumbers divide_by_group(std::span<const std::uint64_t> groups, std::uint32_t folds,
                            FoldKey key);

}  // namespace lockstep
