#pragma once
// Cuts a set into blocks for evaluation, so that its scores have the same bits at every layout.
// Pure.

#include <cstdint>
#include <span>
#include <vector>

#include "data/shards.h"
#include "train/layout.h"

namespace lockstep {

// Rows of a set, cut into blocks for the workers that evaluate them. The block size affects the
// bits of the result and is independent of the layout. blocks[thread] is a list of blocks, each a
// list of rows of `examples`; the blocks of all workers in order are the set's blocks in order.
using EvaluationBlocks = std::vector<std::vector<std::vector<std::uint32_t>>>;

constexpr std::uint64_t kEvaluationRows = 256;

// The range of a held-out set of `total` examples that a rank's threads evaluate.
Range held_out_rows(std::uint64_t total, const Layout& layout, int rank);

// The blocks of that range, with rows counted from the first of held_out_rows().
EvaluationBlocks held_out_blocks(std::uint64_t total, const Layout& layout, int rank);

// Blocks of training rows: the first `examples` of the shards (0: all), an equal
// part of each. `shards_of_threads`: the shards of each thread of this rank; `own_rows`: the rows
// of each of these shards.
EvaluationBlocks training_blocks(const BatchGeometry& geometry,
                                 std::span<const Range> shards_of_threads,
                                 std::span<const std::vector<std::uint32_t>> own_rows,
                                 std::uint64_t examples);

// Number of examples in those blocks over all ranks.
std::uint64_t training_block_examples(const BatchGeometry& geometry, std::uint64_t examples);

}  // namespace lockstep
