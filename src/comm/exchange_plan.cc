#include "comm/exchange_plan.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "linalg/precision.h"

namespace lockstep {
namespace {

// The sums that a rank holds after a backward pass, left to right.
std::vector<PlacedSum> held_by(std::span<const WorkerPlan> ranks, int rank) {
  std::vector<PlacedSum> held;
  for (const WorkerPlan::Held& sum : ranks[static_cast<std::size_t>(rank)].held) {
    held.push_back({sum.node, rank, sum.buffer});
  }
  return held;
}

void append(const std::vector<PlacedSum>& more, std::vector<PlacedSum>& sums) {
  sums.insert(sums.end(), more.begin(), more.end());
}

// The ranks of a host need not be neighbours.
void sort_left_to_right(std::vector<PlacedSum>& sums, std::uint64_t shards) {
  std::ranges::sort(sums, {}, [&](const PlacedSum& sum) { return sum.node.leaves(shards).begin; });
}

JoinStage host_stage(const std::vector<int>& members, std::span<const WorkerPlan> ranks,
                     std::uint64_t shards) {
  std::vector<PlacedSum> sums;
  for (const int rank : members) append(held_by(ranks, rank), sums);
  return join_sums(std::move(sums), shards);
}

// Number of sums that other ranks hold.
std::uint64_t sums_of_others(std::span<const WorkerPlan> ranks, int rank) {
  std::uint64_t sums = 0;
  for (std::size_t other = 0; other < ranks.size(); ++other) {
    if (other != static_cast<std::size_t>(rank)) sums += ranks[other].held.size();
  }
  return sums;
}

// Values of `sums` sums that arrive at a time.
std::uint64_t arriving_values(const Ownership& ownership, std::uint64_t sums, int rank) {
  return std::min(kBucketsInFlight, ownership.buckets()) * sums * ownership.largest_piece(rank);
}

}  // namespace

JoinStage join_sums(std::vector<PlacedSum> sums, std::uint64_t shards) {
  std::vector<TreeNode> nodes;
  nodes.reserve(sums.size());
  for (const PlacedSum& sum : sums) nodes.push_back(sum.node);
  JoinPlan plan = join_nodes(nodes, shards);
  JoinStage stage{.sums = std::move(sums), .additions = std::move(plan.additions), .joined = {}};
  for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
    const PlacedSum& first = stage.sums[plan.survivors[i]];
    stage.joined.push_back({plan.nodes[i], first.rank, first.buffer});
  }
  return stage;
}

Hosts::Hosts(std::vector<int> leaders) : leaders_(std::move(leaders)), members_(leaders_.size()) {
  for (int rank = 0; rank < ranks(); ++rank) {
    members_[static_cast<std::size_t>(leader(rank))].push_back(rank);
  }
}

Hosts even_hosts(int ranks, int hosts) {
  std::vector<int> leaders;
  for (int host = 0; host < hosts; ++host) {
    const Range part =
        even_part(static_cast<std::uint64_t>(ranks), static_cast<std::uint64_t>(hosts),
                  static_cast<std::uint64_t>(host));
    leaders.insert(leaders.end(), part.size(), static_cast<int>(part.begin));
  }
  return Hosts(std::move(leaders));
}

std::vector<int> Hosts::all_leaders() const {
  std::vector<int> all;
  for (int rank = 0; rank < ranks(); ++rank) {
    if (leader(rank) == rank) all.push_back(rank);
  }
  return all;
}

std::vector<Incoming> ExchangePlan::incoming(int owner) const {
  std::vector<Incoming> all;
  for (std::size_t i = 0; i < of_world.sums.size(); ++i) {
    const int rank = of_world.sums[i].rank;
    if (hosts.share(rank, owner)) continue;
    const bool was_joined = !of_host(rank).additions.empty();
    all.push_back({i, was_joined ? hosts.courier(rank, owner) : rank});
  }
  return all;
}

ExchangePlan plan_exchange(std::span<const WorkerPlan> ranks, std::uint64_t shards,
                           const Hosts& hosts) {
  check(ranks.size() == static_cast<std::size_t>(hosts.ranks()), "a plan for each rank");
  ExchangePlan plan{
      .hosts = hosts, .of_hosts = std::vector<JoinStage>(ranks.size()), .of_world = {}};
  std::vector<PlacedSum> world;
  for (const int leader : hosts.all_leaders()) {
    JoinStage& stage = plan.of_hosts[static_cast<std::size_t>(leader)];
    stage = host_stage(hosts.members(leader), ranks, shards);
    append(stage.joined, world);
  }
  sort_left_to_right(world, shards);
  plan.of_world = join_sums(std::move(world), shards);
  check(plan.of_world.joined.size() == 1, "all shards together make the whole tree");
  return plan;
}

std::uint64_t exchange_buffer_bytes(const Ownership& ownership, std::span<const WorkerPlan> ranks,
                                    int rank, std::uint64_t bytes_per_value) {
  const std::uint64_t incoming = sums_of_others(ranks, rank);
  const std::uint64_t messages = arriving_values(ownership, incoming, rank);
  const std::uint64_t owned = ownership.owned(rank);
  const std::uint64_t looked_into = incoming * owned + ownership.parameters - owned;
  return std::max(messages, looked_into) * bytes_per_value;
}

std::uint64_t packed_bytes(const Ownership& ownership, std::span<const WorkerPlan> ranks,
                           int rank) {
  if (ranks.size() == 1) return 0;
  const std::uint64_t held = ranks[static_cast<std::size_t>(rank)].held.size();
  const std::uint64_t leaving = held * (ownership.parameters - ownership.owned(rank));
  const std::uint64_t arriving = arriving_values(ownership, sums_of_others(ranks, rank), rank);
  return (leaving + arriving + ownership.parameters) * bytes_of(Precision::bfloat16);
}

}  // namespace lockstep
