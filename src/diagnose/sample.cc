#include "diagnose/sample.h"

#include <algorithm>

#include "data/shards.h"

namespace lockstep {

std::vector<std::vector<std::uint32_t>> sample_rows(const Dataset& data, std::uint32_t seed,
                                                    std::uint64_t examples) {
  const BatchGeometry sample =
      full_batch(std::min(examples, data.geometry.train_examples), data.geometry.shards);
  std::vector<std::vector<std::uint32_t>> rows;
  for (std::uint64_t shard = data.own_shards.begin; shard < data.own_shards.end; ++shard) {
    const std::vector<std::uint32_t>& all = data.shard_rows[shard - data.own_shards.begin];
    const auto order = epoch_order(seed, /*epoch=*/0, static_cast<std::uint32_t>(shard),
                                   shard_size(data.geometry, shard));
    std::vector<std::uint32_t>& of_shard = rows.emplace_back();
    for (std::uint64_t i = 0; i < shard_size(sample, shard); ++i) {
      of_shard.push_back(all[order[i]]);
    }
  }
  return rows;
}

}  // namespace lockstep
