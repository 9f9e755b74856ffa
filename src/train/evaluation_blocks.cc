#include "train/evaluation_blocks.h"

#include <algorithm>
#include <numeric>

namespace lockstep {
namespace {

// Adds `rows`, cut into blocks of kEvaluationRows.
void append_blocks(std::span<const std::uint32_t> rows,
                   std::vector<std::vector<std::uint32_t>>& blocks) {
  for (std::uint64_t begin = 0; begin < rows.size(); begin += kEvaluationRows) {
    const auto block = rows.subspan(begin, std::min(kEvaluationRows, rows.size() - begin));
    blocks.emplace_back(block.begin(), block.end());
  }
}

// The range of a held-out set of `total` examples that a worker evaluates.
Range rows_of_worker(std::uint64_t total, const Layout& layout, int worker) {
  const std::uint64_t blocks = (total + kEvaluationRows - 1) / kEvaluationRows;
  const Range mine = even_part(blocks, static_cast<std::uint64_t>(layout.workers()),
                               static_cast<std::uint64_t>(worker));
  return {std::min(total, mine.begin * kEvaluationRows),
          std::min(total, mine.end * kEvaluationRows)};
}

std::uint64_t rows_of_sample(const BatchGeometry& geometry, std::uint64_t shard,
                             std::uint64_t examples) {
  const std::uint64_t size = shard_size(geometry, shard);
  if (examples == 0) return size;
  return std::min(size, (examples + geometry.shards - 1) / geometry.shards);
}

}  // namespace

Range held_out_rows(std::uint64_t total, const Layout& layout, int rank) {
  return {rows_of_worker(total, layout, layout.worker(rank, 0)).begin,
          rows_of_worker(total, layout, layout.worker(rank, layout.threads - 1)).end};
}

EvaluationBlocks held_out_blocks(std::uint64_t total, const Layout& layout, int rank) {
  EvaluationBlocks blocks;
  const Range own = held_out_rows(total, layout, rank);
  for (int thread = 0; thread < layout.threads; ++thread) {
    const Range rows = rows_of_worker(total, layout, layout.worker(rank, thread));
    std::vector<std::uint32_t> local(rows.size());
    std::iota(local.begin(), local.end(), static_cast<std::uint32_t>(rows.begin - own.begin));
    append_blocks(local, blocks.emplace_back());
  }
  return blocks;
}

EvaluationBlocks training_blocks(const BatchGeometry& geometry,
                                 std::span<const Range> shards_of_threads,
                                 std::span<const std::vector<std::uint32_t>> own_rows,
                                 std::uint64_t examples) {
  EvaluationBlocks blocks;
  std::size_t own = 0;
  for (const Range shards : shards_of_threads) {
    auto& of_thread = blocks.emplace_back();
    for (std::uint64_t shard = shards.begin; shard < shards.end; ++shard) {
      const std::span rows(own_rows[own++]);
      append_blocks(rows.first(rows_of_sample(geometry, shard, examples)), of_thread);
    }
  }
  return blocks;
}

std::uint64_t training_block_examples(const BatchGeometry& geometry, std::uint64_t examples) {
  std::uint64_t total = 0;
  for (std::uint64_t shard = 0; shard < geometry.shards; ++shard) {
    total += rows_of_sample(geometry, shard, examples);
  }
  return total;
}

}  // namespace lockstep
