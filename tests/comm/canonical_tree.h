#pragma once
// The gradient tree once more, top down, by the definition in gradient_tree.h
// alone: what every way of sharing out the leaves must agree with.

#include <bit>
#include <cstdint>

namespace lockstep {

// The node over the leaves [begin, begin + width) that exist; width is a power
// of two and begin < shards.
template <typename Leaf, typename Join>
auto canonical_node(std::uint64_t begin, std::uint64_t width, std::uint64_t shards,
                    const Leaf& leaf, const Join& join) -> decltype(leaf(begin)) {
  if (width == 1) return leaf(begin);
  const std::uint64_t middle = begin + width / 2;
  auto left = canonical_node(begin, width / 2, shards, leaf, join);
  if (middle >= shards) return left;
  return join(left, canonical_node(middle, width / 2, shards, leaf, join));
}

// leaf(shard) is a leaf's value, join(left, right) an inner node's.
template <typename Leaf, typename Join>
auto canonical_tree(std::uint64_t shards, const Leaf& leaf, const Join& join) {
  return canonical_node(0, std::bit_ceil(shards), shards, leaf, join);
}

}  // namespace lockstep
