#include "train/tile_sums.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "linalg/vector_ops.h"

namespace lockstep {
namespace {

template <typename T>
void add_rows(Matrix<T> into, Matrix<const T> from) {
  for (std::uint64_t r = 0; r < into.rows; ++r) add_to<T>(into.row(r), from.row(r));
}

}  // namespace

template <typename T>
bool sums_in_tiles(const BatchGeometry& geometry, std::uint64_t shards) {
  // In double a tile is a whole tensor.
  if (std::is_same_v<T, double>) return false;
  const std::uint64_t rows = std::min(geometry.rows_per_shard, shard_size(geometry, 0)) * shards;
  return rows <= kRowsPerPass && geometry.rows_per_shard <= kRowsOfAPart;
}

WorkerPlan plan_of_rank(const WorkerPlan& plan, bool in_tiles) {
  if (!in_tiles) return plan;
  WorkerPlan seen{.shards = plan.shards, .leaves = {}, .held = plan.held, .buffers = 0};
  for (WorkerPlan::Held& held : seen.held) held.buffer = seen.buffers++;
  return seen;
}

template <typename T>
std::vector<WorkerPlan> plans_of_ranks(const BatchGeometry& geometry,
                                       std::span<const Range> shards) {
  std::vector<WorkerPlan> plans;
  for (const Range of_rank : shards) {
    plans.push_back(plan_of_rank(plan_worker(of_rank, geometry.shards),
                                 sums_in_tiles<T>(geometry, of_rank.size())));
  }
  return plans;
}

template <typename T>
TileSums<T>::TileSums(WorkerPlan plan, bool in_tiles, std::vector<std::span<T>> buffers)
    : plan_(std::move(plan)), in_tiles_(in_tiles), buffers_(std::move(buffers)) {
  check(buffers_.size() == plan_of_rank(plan_, in_tiles_).buffers,
        "a rank has the buffers of its plan");
}

template <typename T>
void TileSums<T>::add(const GradientTile<T>& tile, const Pass& pass) const {
  if (!in_tiles_) return add_to_buffers(tile, pass);
  std::vector<LeafRows> leaves;
  std::uint64_t row = 0;
  for (const ShardRows& of_shard : pass.shards) {
    const WorkerPlan::Leaf& leaf = plan_.leaves[of_shard.shard - plan_.shards.begin];
    const std::uint64_t end = row + of_shard.positions.size();
    leaves.push_back({{row, end}, static_cast<std::uint32_t>(leaf.additions.size())});
    row = end;
  }
  std::vector<GradientView<T>> sums;
  for (const std::span<T> buffer : buffers_) {
    sums.push_back({tensor_view(tile.tensor, buffer).block(tile.block)});
  }
  tile.add_up(leaves, sums);
}

template <typename T>
void TileSums<T>::add_to_buffers(const GradientTile<T>& tile, const Pass& pass) const {
  const auto place = [&](std::uint32_t buffer) {
    return tensor_view(tile.tensor, buffers_[buffer]).block(tile.block);
  };
  std::uint64_t row = 0;
  for (const ShardRows& of_shard : pass.shards) {
    const WorkerPlan::Leaf& leaf = plan_.leaves[of_shard.shard - plan_.shards.begin];
    const LeafRows rows{{row, row + of_shard.positions.size()}};
    const GradientView<T> sum{place(leaf.buffer), !of_shard.first};
    tile.add_up({&rows, 1}, {&sum, 1});
    row = rows.rows.end;
    if (!of_shard.last) continue;
    for (const Addition& addition : leaf.additions) {
      add_rows<T>(place(addition.into), place(addition.from));
    }
  }
}

template bool sums_in_tiles<float>(const BatchGeometry&, std::uint64_t);
template bool sums_in_tiles<double>(const BatchGeometry&, std::uint64_t);
template std::vector<WorkerPlan> plans_of_ranks<float>(const BatchGeometry&,
                                                       std::span<const Range>);
template std::vector<WorkerPlan> plans_of_ranks<double>(const BatchGeometry&,
                                                        std::span<const Range>);
template class TileSums<float>;
template class TileSums<double>;

}  // namespace lockstep
