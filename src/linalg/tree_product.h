#pragma once
// Sums of products by a binary tree: the gradients of a tensor's block for several shards, added up
// while they are in registers and the first cache.

#include <cstdint>
#include <span>

namespace lockstep {

// The products A B of several leaves, all of the same block [rows, columns], where A [rows, depth]
// is stored transposed. The rows of the leaves follow each other in the stored A and B.
struct TreeLeaf {
  std::uint64_t depth = 0;
  // After this leaf, the last two sums are added up this many times: left + right.
  std::uint32_t additions = 0;
  bool continues = false;  // it continues the last sum
  bool ends = true;        // it is whole; otherwise another leaf continues it
};

struct TreeProduct {
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t a_stride = 0;
  std::uint64_t b_stride = 0;
  std::uint64_t c_stride = 0;
  std::span<const TreeLeaf> leaves;
  std::uint32_t standing = 0;  // sums that stand from earlier leaves
  // Whether every whole leaf and every sum of two is rounded to bfloat16.
  bool rounds = false;
};

// The most sums that exist at a time in a tree.
constexpr std::size_t kMostTreeSums = 64;

}  // namespace lockstep
