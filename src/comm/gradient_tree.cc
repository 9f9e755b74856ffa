#include "comm/gradient_tree.h"

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

// A node and the place of its sum.
struct Placed {
  TreeNode node;
  std::uint32_t place = 0;
};

// Lifts a node to its parent as long as it is a left child without a sibling.
TreeNode lift(TreeNode node, std::uint64_t shards) {
  while (node.index % 2 == 0 && node.index > 0 && ((node.index + 1) << node.level) >= shards) {
    node = {node.level + 1, node.index / 2};
  }
  return node;
}

// Adds a node at the right end of `stack` and joins while siblings meet.
// Calls on_addition(into, from) for each join.
template <typename OnAddition>
void push(std::vector<Placed>& stack, Placed placed, std::uint64_t shards, OnAddition on_addition) {
  placed.node = lift(placed.node, shards);
  while (!stack.empty() && placed.node.index % 2 == 1 &&
         stack.back().node == TreeNode{placed.node.level, placed.node.index - 1}) {
    on_addition(Addition{stack.back().place, placed.place});
    const TreeNode parent{placed.node.level + 1, placed.node.index / 2};
    placed = {lift(parent, shards), stack.back().place};
    stack.pop_back();
  }
  stack.push_back(placed);
}

}  // namespace

Range TreeNode::leaves(std::uint64_t shards) const {
  return {std::min(index << level, shards), std::min((index + 1) << level, shards)};
}

WorkerPlan plan_worker(Range shards, std::uint64_t total_shards) {
  WorkerPlan plan;
  plan.shards = shards;
  std::vector<Placed> stack;
  std::vector<std::uint32_t> free_buffers;
  for (std::uint64_t shard = shards.begin; shard < shards.end; ++shard) {
    WorkerPlan::Leaf leaf;
    if (free_buffers.empty()) {
      leaf.buffer = plan.buffers++;
    } else {
      leaf.buffer = free_buffers.back();
      free_buffers.pop_back();
    }
    push(stack, {{0, shard}, leaf.buffer}, total_shards, [&](Addition addition) {
      leaf.additions.push_back(addition);
      free_buffers.push_back(addition.from);
    });
    plan.leaves.push_back(std::move(leaf));
  }
  for (const Placed& placed : stack) plan.held.push_back({placed.node, placed.place});
  return plan;
}

std::vector<WorkerPlan> plan_workers(std::span<const Range> shards, std::uint64_t total_shards) {
  std::vector<WorkerPlan> plans;
  plans.reserve(shards.size());
  for (const Range range : shards) plans.push_back(plan_worker(range, total_shards));
  return plans;
}

JoinPlan join_nodes(std::span<const TreeNode> nodes, std::uint64_t total_shards) {
  JoinPlan plan;
  std::vector<Placed> stack;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    push(stack, {nodes[i], i}, total_shards,
         [&](Addition addition) { plan.additions.push_back(addition); });
  }
  for (const Placed& placed : stack) {
    plan.survivors.push_back(placed.place);
    plan.nodes.push_back(placed.node);
  }
  return plan;
}

}  // namespace lockstep
