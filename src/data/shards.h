#pragma once
// Logical shards: which examples a shard has, and which of its rows a step takes. Pure arithmetic
// on integers.
//
// S shards are fixed for the life of a run; R ranks of T threads are not. Worker w = rank * T +
// thread computes a contiguous range of shards (comm/shard_assignment.h), so that the layout
// determines which worker computes a shard, and nothing else.

#include <cstdint>
#include <span>
#include <vector>

#include "base/range.h"

namespace lockstep {

// ---- examples ----

// Deals the training set to the shards, round-robin along a keyed permutation: list s
// has the ids of shard s, ascending. Sizes differ by at most one and equal
// shard_size(); with fewer examples than shards some lists are empty.
std::vector<std::vector<std::uint32_t>> deal(std::span<const std::uint32_t> train_ids,
                                             std::uint64_t shards, std::uint32_t seed);

// The keyed order in which a shard visits its examples in an epoch, as positions
// in its list of ids.
std::vector<std::uint32_t> epoch_order(std::uint32_t seed, std::uint32_t epoch, std::uint32_t shard,
                                       std::uint64_t shard_size);

// ---- steps ----

// How an epoch is divided into global batches: each step takes the next
// rows_per_shard examples of every shard, or all that the shard has left.
struct BatchGeometry {
  std::uint64_t train_examples = 0;
  std::uint64_t shards = 1;
  std::uint64_t rows_per_shard = 1;  // in one step, at most
};

// One step per epoch, which takes the whole training set.
BatchGeometry full_batch(std::uint64_t train_examples, std::uint64_t shards);

std::uint64_t shard_size(const BatchGeometry& geometry, std::uint64_t shard);

std::uint64_t steps_per_epoch(const BatchGeometry& geometry);

// Positions in the shard's epoch order that a step of an epoch takes; empty when
// the shard has none left.
Range shard_rows(const BatchGeometry& geometry, std::uint64_t shard, std::uint64_t step_in_epoch);

// Rows of the global batch: the sum over all shards. The summed gradient is divided
// by it.
std::uint64_t batch_rows(const BatchGeometry& geometry, std::uint64_t step_in_epoch);

}  // namespace lockstep
