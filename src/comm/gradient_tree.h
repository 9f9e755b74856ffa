#pragma once
// The one order in which shard gradients are added: a fixed binary tree over S
// leaves. Pure integer arithmetic, no communication.
//
// Node (level, index) covers the leaves [index << level, (index + 1) << level) that exist; a node
// whose right half has no leaves is its left child. Every inner node is left + right. A worker
// that owns a contiguous range of leaves adds up the largest subtrees inside it; the remaining
// nodes are joined in the same tree by the ranks that hold neighbours. So no float sum depends on
// who owns which leaves.

#include <cstdint>
#include <span>
#include <vector>

#include "base/range.h"

namespace lockstep {

struct TreeNode {
  std::uint32_t level = 0;
  std::uint64_t index = 0;

  [[nodiscard]] Range leaves(std::uint64_t shards) const;
  friend bool operator==(const TreeNode&, const TreeNode&) = default;
};

// buffer[into] += buffer[from]; `from` is free afterwards.
struct Addition {
  std::uint32_t into = 0;
  std::uint32_t from = 0;
  friend bool operator==(const Addition&, const Addition&) = default;
};

// How one worker adds up its leaves, with few buffers.
struct WorkerPlan {
  struct Leaf {
    std::uint32_t buffer = 0;         // the leaf's gradient is written here
    std::vector<Addition> additions;  // the additions after it, in order
  };
  struct Held {
    TreeNode node;
    std::uint32_t buffer = 0;
  };
  Range shards;               // the worker's leaves
  std::vector<Leaf> leaves;   // one for each shard, in order
  std::vector<Held> held;     // the nodes that remain, left to right
  std::uint32_t buffers = 0;  // the largest number in use at a time
};

// n shards need at most floor(log2(n + 1)) + floor(log2(2 (n + 1) / 3)) buffers, about 2 log2(n);
// ranges that begin just beside a large subtree need that many. A range that begins at a multiple
// of a power of two >= n, such as that of a sole worker, needs at most floor(log2(n)) + 1.
WorkerPlan plan_worker(Range shards, std::uint64_t total_shards);

// The plan of each worker, given the shards of each.
std::vector<WorkerPlan> plan_workers(std::span<const Range> shards, std::uint64_t total_shards);

// Describes how neighbouring nodes (left to right) are joined as far as possible. Additions and
// survivors are positions in `nodes`.
struct JoinPlan {
  std::vector<Addition> additions;
  std::vector<std::uint32_t> survivors;
  std::vector<TreeNode> nodes;  // the survivors as nodes
};

JoinPlan join_nodes(std::span<const TreeNode> nodes, std::uint64_t total_shards);

}  // namespace lockstep
