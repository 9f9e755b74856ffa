#include "data/shards.h"

#include <algorithm>

#include "base/check.h"
#include "base/random.h"

namespace lockstep {

std::vector<std::vector<std::uint32_t>> deal(std::span<const std::uint32_t> train_ids,
                                             std::uint64_t shards, std::uint32_t seed) {
  check(shards > 0, "a run has at least one shard");
  std::vector<std::vector<std::uint32_t>> dealt(shards);
  const auto order = random_permutation({seed, Purpose::deal}, 0, 0, train_ids.size());
  for (std::size_t i = 0; i < order.size(); ++i) dealt[i % shards].push_back(train_ids[order[i]]);
  for (auto& ids : dealt) std::ranges::sort(ids);
  return dealt;
}

std::vector<std::uint32_t> epoch_order(std::uint32_t seed, std::uint32_t epoch, std::uint32_t shard,
                                       std::uint64_t shard_size) {
  return random_permutation({seed, Purpose::shuffle}, epoch, shard, shard_size);
}

BatchGeometry full_batch(std::uint64_t train_examples, std::uint64_t shards) {
  BatchGeometry geometry{.train_examples = train_examples, .shards = shards};
  geometry.rows_per_shard = std::max<std::uint64_t>(1, shard_size(geometry, 0));
  return geometry;
}

std::uint64_t shard_size(const BatchGeometry& geometry, std::uint64_t shard) {
  check(shard < geometry.shards, "a shard's number is below the number of shards");
  const bool one_more = shard < geometry.train_examples % geometry.shards;
  return geometry.train_examples / geometry.shards + (one_more ? 1 : 0);
}

std::uint64_t steps_per_epoch(const BatchGeometry& geometry) {
  check(geometry.rows_per_shard > 0, "a step takes at least one row of a shard");
  const std::uint64_t largest = shard_size(geometry, 0);
  return largest / geometry.rows_per_shard + (largest % geometry.rows_per_shard > 0 ? 1 : 0);
}

Range shard_rows(const BatchGeometry& geometry, std::uint64_t shard, std::uint64_t step_in_epoch) {
  const std::uint64_t size = shard_size(geometry, shard);
  const std::uint64_t begin = std::min(step_in_epoch * geometry.rows_per_shard, size);
  return {begin, std::min(begin + geometry.rows_per_shard, size)};
}

std::uint64_t batch_rows(const BatchGeometry& geometry, std::uint64_t step_in_epoch) {
  std::uint64_t rows = 0;
  for (std::uint64_t s = 0; s < geometry.shards; ++s) {
    rows += shard_rows(geometry, s, step_in_epoch).size();
  }
  return rows;
}

}  // namespace lockstep
