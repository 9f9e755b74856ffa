#include "train/tile_sums.h"

#include <algorithm>

#include "base/check.h"
#include "linalg/tree_product.h"

namespace lockstep {

std::vector<PassLeaves> leaves_of_passes(const WorkerPlan& plan, std::span<const Pass> passes) {
  std::vector<PassLeaves> all;
  std::uint32_t standing = 0;
  for (const Pass& pass : passes) {
    PassLeaves& leaves = all.emplace_back();
    leaves.standing = standing;
    std::uint64_t row = 0;
    for (const ShardRows& of_shard : pass.shards) {
      const WorkerPlan::Leaf& leaf = plan.leaves[of_shard.shard - plan.shards.begin];
      const Range rows{row, row + of_shard.positions.size()};
      const auto additions = static_cast<std::uint32_t>(of_shard.last ? leaf.additions.size() : 0);
      leaves.leaves.push_back({rows, additions, !of_shard.first, of_shard.last});
      row = rows.end;
      standing += of_shard.first ? 1 : 0;
      check(standing <= kMostTreeSums, "the kernels have room for the sums of the tree");
      standing -= additions;
    }
  }
  check(standing == plan.held.size(), "the sums that a plan holds remain at the end of a step");
  all.push_back({{}, standing});
  return all;
}

WorkerPlan plan_of_rank(const BatchGeometry& geometry, Range shards) {
  const WorkerPlan plan = plan_worker(shards, geometry.shards);
  WorkerPlan seen{.shards = shards, .leaves = {}, .held = plan.held, .buffers = 0};
  for (std::uint32_t i = 0; i < seen.held.size(); ++i) seen.held[i].buffer = i;
  // The last step of an epoch may divide the shards among its passes in another way.
  for (const std::uint64_t step : {std::uint64_t{0}, steps_per_epoch(geometry) - 1}) {
    for (const PassLeaves& pass : leaves_of_passes(plan, passes_of_step(geometry, shards, step))) {
      seen.buffers = std::max(seen.buffers, pass.standing);
    }
  }
  return seen;
}

std::vector<WorkerPlan> plans_of_ranks(const BatchGeometry& geometry,
                                       std::span<const Range> shards) {
  std::vector<WorkerPlan> plans;
  for (const Range of_rank : shards) plans.push_back(plan_of_rank(geometry, of_rank));
  return plans;
}

template <typename T>
void add_tile(const GradientTile<T>& tile, const PassLeaves& pass,
              std::span<const std::span<T>> buffers, Precision precision) {
  std::vector<Matrix<T>> sums;
  for (const std::span<T> buffer : buffers) {
    sums.push_back(tensor_view(tile.tensor, buffer).block(tile.block));
  }
  tile.add_up({pass.leaves, pass.standing, sums, precision});
}

template void add_tile(const GradientTile<float>&, const PassLeaves&,
                       std::span<const std::span<float>>, Precision);
template void add_tile(const GradientTile<double>&, const PassLeaves&,
                       std::span<const std::span<double>>, Precision);

}  // namespace lockstep
