#pragma once
// Which worker computes which shards. Every worker has a contiguous range, in the order of workers.
// An assignment never changes a result; it decides how evenly the work is divided and how many sums
// travel between hosts. Pure integer arithmetic, no communication.

#include <cstdint>
#include <span>
#include <vector>

#include "base/range.h"

namespace lockstep {

// The shards of each worker, in worker order.
using ShardAssignment = std::vector<Range>;

// Ranges whose sizes differ by at most one. Some are empty if there are more workers than shards.
ShardAssignment even_assignment(std::uint64_t shards, std::uint64_t workers);

// The number of sums that remain when the leaves of `range` are added up as far as the gradient
// tree over `shards` leaves allows.
std::uint64_t remaining_sums(Range range, std::uint64_t shards);

// Divides the shards among hosts so that as few sums as possible remain in all hosts together,
// though no worker has more than `most` shards. `workers`: the number of workers of each host, in
// order. The shards of a host are divided evenly among its workers. Empty if there is no such
// assignment in which every worker has a shard.
ShardAssignment assignment_with_few_sums(std::uint64_t shards,
                                         std::span<const std::uint64_t> workers,
                                         std::uint64_t most);

}  // namespace lockstep
