#pragma once
// The code that multiplies blocks of floats, compiled for several kinds of CPUs and chosen at run
// time. Every value of a result is one chain of fused multiply-adds over the depth, in ascending
// order (docs/numerics.md), whichever code computes it: bits depend neither on the CPU nor on how
// a product is cut into blocks.

#include "linalg/block_product.h"
#include "linalg/instructions.h"
#include "linalg/pairs.h"
#include "linalg/tree_product.h"

namespace lockstep {

struct Kernels {
  Instructions instructions;
  void (*multiply)(const BlockProduct& product, const float* a, const float* b, float* c);
  // Reads the sums that stand from earlier leaves, and writes those that remain, left to right.
  void (*add_up)(const TreeProduct& tree, const float* a, const float* b,
                 std::span<float* const> sums);
  // The same in bfloat16: depths count pairs, and so do the strides of A and B.
  void (*multiply_pairs)(const BlockProduct& product, const Pair* a, const Pair* b, float* c);
  void (*add_up_pairs)(const TreeProduct& tree, const Pair* a, const Pair* b,
                       std::span<float* const> sums);
  // Rounds the values of a block and pairs neighbours in a row, [rows, pairs_in(columns)], or
  // neighbours in a column, [pairs_in(rows), columns].
  void (*pair_columns)(const PairedBlock& block, const float* from, Pair* to);
  void (*pair_rows)(const PairedBlock& block, const float* from, Pair* to);
};

// The kernels that use these instructions, which the CPU must have.
const Kernels& kernels_with(Instructions instructions);

// The kernels of this process, chosen at the first call: the best for this CPU, or those that the
// environment variable LOCKSTEP_KERNELS names. Throws Error (usage) if that names none, or
// instructions that the CPU does not have.
const Kernels& kernels();

}  // namespace lockstep
