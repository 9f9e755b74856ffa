#pragma once
// The additions of a rank's part of the gradient tree, tile by tile: the gradients of its shards
// are computed and added up while the tile is in the cache of a core.

#include <cstdint>
#include <span>
#include <vector>

#include "comm/gradient_tree.h"
#include "linalg/precision.h"
#include "nn/network.h"
#include "train/pass_loader.h"

namespace lockstep {

// What a pass adds to the tree of a rank.
struct PassLeaves {
  std::vector<LeafRows> leaves;
  std::uint32_t standing = 0;  // sums that stand from earlier passes of the step
};

// The leaves of each of the passes of a step, which `plan` adds up. The last element stands for the
// end of the step: it has no leaves.
std::vector<PassLeaves> leaves_of_passes(const WorkerPlan& plan, std::span<const Pass> passes);

// The plan of a rank as the exchange sees it: with a buffer for each sum that remains after a pass.
WorkerPlan plan_of_rank(const BatchGeometry& geometry, Range shards);

// The plans of all ranks, given the shards of each.
std::vector<WorkerPlan> plans_of_ranks(const BatchGeometry& geometry,
                                       std::span<const Range> shards);

// Adds the gradient of a tile over the rows of a pass to the tree, whose sums are in `buffers`,
// each as long as all parameters. Different tiles may be added on different threads at the same
// time. In bfloat16 every node of the tree is rounded.
template <typename T>
void add_tile(const GradientTile<T>& tile, const PassLeaves& pass,
              std::span<const std::span<T>> buffers, Precision precision);

}  // namespace lockstep
