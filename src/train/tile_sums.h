#pragma once
// The additions of a rank's part of the gradient tree, tile by tile: the gradients of its shards
// are computed and added up while the tile is in the cache of a core.

#include <cstdint>
#include <span>
#include <vector>

#include "comm/gradient_tree.h"
#include "nn/network.h"
#include "train/pass_loader.h"

namespace lockstep {

// Whether the sums of this many shards can stay in tiles until they are complete, because all rows
// of a step go through the network in one pass. Otherwise they are kept in whole buffers.
template <typename T>
bool sums_in_tiles(const BatchGeometry& geometry, std::uint64_t shards);

// The plan of a rank as the exchange sees it: with the buffers that remain when the sums of its
// shards are added up in tiles, or with all of them.
WorkerPlan plan_of_rank(const WorkerPlan& plan, bool in_tiles);

// The plans of all ranks as the exchange sees them, given the shards of each.
template <typename T>
std::vector<WorkerPlan> plans_of_ranks(const BatchGeometry& geometry,
                                       std::span<const Range> shards);

template <typename T>
class TileSums {
 public:
  // `plan` adds up the shards of a rank. `buffers` are as many as plan_of_rank has, each as long as
  // all parameters; they receive the sums that the plan holds at the end.
  TileSums(WorkerPlan plan, bool in_tiles, std::vector<std::span<T>> buffers);

  // Adds the gradient of a tile over the rows of `pass` to the tree. Different tiles may be added
  // on different threads at the same time.
  void add(const GradientTile<T>& tile, const Pass& pass) const;

  [[nodiscard]] const WorkerPlan& plan() const { return plan_; }

 private:
  void add_to_buffers(const GradientTile<T>& tile, const Pass& pass) const;

  WorkerPlan plan_;
  bool in_tiles_;
  std::vector<std::span<T>> buffers_;
};

}  // namespace lockstep
