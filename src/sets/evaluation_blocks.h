#pragma once
// Cuts a set into blocks for evaluation, so that its scores have the same bits at every layout.
// Pure.

#include <cstdint>
#include <span>
#include <vector>

#include "comm/layout.h"
#include "data/shards.h"

namespace lockstep {

// A list of rows of `examples`.
using RowBlock = std::vector<std::uint32_t>;

// Blocks for the threads that evaluate them: blocks[thread] is a list of blocks. The blocks of all
// threads of all ranks in order are the set's blocks in order. Losses are added up block by block
// (docs/numerics.md), so that the number of their rows is independent of the layout.
using EvaluationBlocks = std::vector<std::vector<RowBlock>>;

constexpr std::uint64_t kEvaluationRows = 256;

// Cuts `rows` into blocks of kEvaluationRows.
std::vector<RowBlock> blocks_of(std::span<const std::uint32_t> rows);

// Deals neighbouring blocks to the threads of a rank.
EvaluationBlocks blocks_of_threads(std::vector<RowBlock> blocks, int threads);

// The range of a held-out set of `total` examples that a rank's threads evaluate.
Range held_out_rows(std::uint64_t total, const Layout& layout, int rank);

// The blocks of that range, with rows counted from the first of held_out_rows().
EvaluationBlocks held_out_blocks(std::uint64_t total, const Layout& layout, int rank);

// Blocks of training rows: the first `examples` of the shards (0: all), an equal part of each.
// `own_rows`: the rows of each shard of this rank.
EvaluationBlocks training_blocks(const BatchGeometry& geometry, Range own_shards, int threads,
                                 std::span<const std::vector<std::uint32_t>> own_rows,
                                 std::uint64_t examples);

// Number of examples in those blocks over all ranks.
std::uint64_t training_block_examples(const BatchGeometry& geometry, std::uint64_t examples);

}  // namespace lockstep
