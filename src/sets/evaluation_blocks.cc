#include "sets/evaluation_blocks.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace lockstep {
namespace {

std::uint64_t rows_of_sample(const BatchGeometry& geometry, std::uint64_t shard,
                             std::uint64_t examples) {
  const std::uint64_t size = shard_size(geometry, shard);
  if (examples == 0) return size;
  return std::min(size, (examples + geometry.shards - 1) / geometry.shards);
}

}  // namespace

std::vector<RowBlock> blocks_of(std::span<const std::uint32_t> rows) {
  std::vector<RowBlock> blocks;
  for (std::uint64_t begin = 0; begin < rows.size(); begin += kEvaluationRows) {
    const auto block = rows.subspan(begin, std::min(kEvaluationRows, rows.size() - begin));
    blocks.emplace_back(block.begin(), block.end());
  }
  return blocks;
}

EvaluationBlocks blocks_of_threads(std::vector<RowBlock> blocks, int threads) {
  EvaluationBlocks of_threads;
  for (int thread = 0; thread < threads; ++thread) {
    const Range mine = even_part(blocks.size(), static_cast<std::uint64_t>(threads),
                                 static_cast<std::uint64_t>(thread));
    std::vector<RowBlock>& of_thread = of_threads.emplace_back();
    for (std::uint64_t i = mine.begin; i < mine.end; ++i) of_thread.push_back(std::move(blocks[i]));
  }
  return of_threads;
}

Range held_out_rows(std::uint64_t total, const Layout& layout, int rank) {
  const std::uint64_t blocks = (total + kEvaluationRows - 1) / kEvaluationRows;
  const Range mine =
      even_part(blocks, static_cast<std::uint64_t>(layout.ranks), static_cast<std::uint64_t>(rank));
  return {std::min(total, mine.begin * kEvaluationRows),
          std::min(total, mine.end * kEvaluationRows)};
}

EvaluationBlocks held_out_blocks(std::uint64_t total, const Layout& layout, int rank) {
  std::vector<std::uint32_t> local(held_out_rows(total, layout, rank).size());
  std::iota(local.begin(), local.end(), 0U);
  return blocks_of_threads(blocks_of(local), layout.threads);
}

EvaluationBlocks training_blocks(const BatchGeometry& geometry, Range own_shards, int threads,
                                 std::span<const std::vector<std::uint32_t>> own_rows,
                                 std::uint64_t examples) {
  std::vector<RowBlock> blocks;
  for (std::uint64_t shard = own_shards.begin; shard < own_shards.end; ++shard) {
    const std::span rows(own_rows[shard - own_shards.begin]);
    for (RowBlock& block : blocks_of(rows.first(rows_of_sample(geometry, shard, examples)))) {
      blocks.push_back(std::move(block));
    }
  }
  return blocks_of_threads(std::move(blocks), threads);
}

std::uint64_t training_block_examples(const BatchGeometry& geometry, std::uint64_t examples) {
  std::uint64_t total = 0;
  for (std::uint64_t shard = 0; shard < geometry.shards; ++shard) {
    total += rows_of_sample(geometry, shard, examples);
  }
  return total;
}

}  // namespace lockstep
