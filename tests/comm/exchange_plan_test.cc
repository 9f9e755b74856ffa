#include "comm/exchange_plan.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comm/canonical_tree.h"
#include "comm/shard_assignment.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// ---- layouts ----

struct Machine {
  std::uint64_t shards;
  std::vector<int> leaders;  // by rank

  [[nodiscard]] std::string text() const {
    return fmt::format("{} shards, leaders {}", shards, testing::PrintToString(leaders));
  }
};

std::vector<WorkerPlan> plan_ranks(const Machine& machine) {
  return plan_workers(even_assignment(machine.shards, machine.leaders.size()), machine.shards);
}

ExchangePlan plan_of(const Machine& machine) {
  return plan_exchange(plan_ranks(machine), machine.shards, Hosts(machine.leaders));
}

// All ranks alone, all together, neighbours in pairs, dealt out to two hosts, and a
// host in the middle of another.
std::vector<Machine> machines() {
  std::vector<Machine> all;
  for (const std::uint64_t shards : {1, 2, 3, 4, 5, 7, 8, 12, 13, 16, 31, 32}) {
    for (const std::vector<int>& leaders : std::vector<std::vector<int>>{{0},
                                                                         {0, 0},
                                                                         {0, 1},
                                                                         {0, 0, 0},
                                                                         {0, 1, 0},
                                                                         {0, 0, 2},
                                                                         {0, 1, 2},
                                                                         {0, 0, 2, 2},
                                                                         {0, 1, 0, 1},
                                                                         {0, 1, 1, 0},
                                                                         {0, 0, 0, 3},
                                                                         {0, 0, 2, 2, 4, 4},
                                                                         {0, 1, 2, 0, 1, 2}}) {
      if (leaders.size() <= shards) all.push_back({shards, leaders});
    }
  }
  return all;
}

// ---- a plan carried out on words in place of gradients ----

std::string leaf(std::uint64_t shard) { return std::to_string(shard); }
std::string join(const std::string& left, const std::string& right) {
  return "(" + left + "+" + right + ")";
}

// What stands in the buffers of all ranks, for one piece of the parameters.
using Buffers = std::map<std::pair<int, std::uint32_t>, std::string>;

std::string& at(Buffers& buffers, const PlacedSum& sum) {
  return buffers.at({sum.rank, sum.buffer});
}

// The ranks' part, by their plans.
Buffers after_backward(const Machine& machine) {
  Buffers buffers;
  const std::vector<WorkerPlan> plans = plan_ranks(machine);
  for (std::size_t rank = 0; rank < plans.size(); ++rank) {
    const WorkerPlan& plan = plans[rank];
    const auto buffer = [&](std::uint32_t number) -> std::string& {
      return buffers[{static_cast<int>(rank), number}];
    };
    for (std::size_t i = 0; i < plan.leaves.size(); ++i) {
      buffer(plan.leaves[i].buffer) = leaf(plan.shards.begin + i);
      for (const Addition& addition : plan.leaves[i].additions) {
        buffer(addition.into) = join(buffer(addition.into), buffer(addition.from));
      }
    }
  }
  return buffers;
}

void carry_out(const JoinStage& stage, std::vector<std::string>& sums) {
  for (const Addition& addition : stage.additions) {
    sums[addition.into] = join(sums[addition.into], sums[addition.from]);
    sums[addition.from] = "used up";
  }
}

void carry_out_in_place(const JoinStage& stage, Buffers& buffers) {
  std::vector<std::string> sums;
  for (const PlacedSum& sum : stage.sums) sums.push_back(at(buffers, sum));
  carry_out(stage, sums);
  for (std::size_t i = 0; i < sums.size(); ++i) at(buffers, stage.sums[i]) = sums[i];
}

// What `owner` ends with for a piece of its own.
std::string carry_out(const Machine& machine, const ExchangePlan& plan, int owner) {
  Buffers buffers = after_backward(machine);
  for (int rank = 0; rank < plan.hosts.ranks(); ++rank) {
    if (plan.joins_host(rank, owner)) carry_out_in_place(plan.of_host(rank), buffers);
  }
  std::vector<std::string> world;
  for (const PlacedSum& sum : plan.of_world.sums) world.push_back(at(buffers, sum));
  carry_out(plan.of_world, world);
  return world.front();
}

TEST(ExchangePlan, EveryOwnerEndsWithTheTree) {
  for (const Machine& machine : machines()) {
    const std::string tree = canonical_tree(machine.shards, leaf, join);
    const ExchangePlan plan = plan_of(machine);
    for (int owner = 0; owner < plan.hosts.ranks(); ++owner) {
      EXPECT_EQ(carry_out(machine, plan, owner), tree) << machine.text() << ", owner " << owner;
    }
  }
}

TEST(ExchangePlan, JoinsStayWithinTheirHost) {
  for (const Machine& machine : machines()) {
    const ExchangePlan plan = plan_of(machine);
    for (int rank = 0; rank < plan.hosts.ranks(); ++rank) {
      for (const PlacedSum& sum : plan.of_host(rank).sums) {
        EXPECT_TRUE(plan.hosts.share(sum.rank, rank)) << machine.text();
      }
    }
  }
}

// What is not on the owner's host comes as a message, of the host that it stands on.
TEST(ExchangePlan, WhatIsOutOfReachTravelsOnce) {
  for (const Machine& machine : machines()) {
    const ExchangePlan plan = plan_of(machine);
    for (int owner = 0; owner < plan.hosts.ranks(); ++owner) {
      std::vector<std::size_t> out_of_reach;
      for (std::size_t i = 0; i < plan.of_world.sums.size(); ++i) {
        if (!plan.hosts.share(plan.of_world.sums[i].rank, owner)) out_of_reach.push_back(i);
      }
      std::vector<std::size_t> travels;
      for (const Incoming& incoming : plan.incoming(owner)) {
        travels.push_back(incoming.sum);
        EXPECT_TRUE(plan.hosts.share(incoming.sender, plan.of_world.sums[incoming.sum].rank));
      }
      EXPECT_EQ(travels, out_of_reach) << machine.text();
    }
  }
}

// Otherwise two would add to one sum, or none would.
TEST(ExchangePlan, OneRankOfAHostJoinsItsSumsOfAPiece) {
  for (const Machine& machine : machines()) {
    const ExchangePlan plan = plan_of(machine);
    for (int owner = 0; owner < plan.hosts.ranks(); ++owner) {
      std::map<int, int> joiners;  // by host
      for (int rank = 0; rank < plan.hosts.ranks(); ++rank) {
        if (plan.joins_host(rank, owner)) ++joiners[plan.hosts.leader(rank)];
      }
      EXPECT_EQ(joiners.size(), plan.hosts.all_leaders().size()) << machine.text();
      for (const auto& [leader, count] : joiners) EXPECT_EQ(count, 1) << machine.text();
      EXPECT_TRUE(plan.joins_host(owner, owner)) << machine.text();
      // Whoever has joined sums sends them.
      for (const Incoming& incoming : plan.incoming(owner)) {
        if (plan.of_host(incoming.sender).additions.empty()) continue;
        EXPECT_TRUE(plan.joins_host(incoming.sender, owner)) << machine.text();
      }
    }
  }
}

// Ranks 0 to 3 have two shards each, on two hosts.
const Machine kTwoByTwo{8, {0, 0, 2, 2}};

TEST(ExchangePlan, OneSumOfAHostTravels) {
  const ExchangePlan plan = plan_of(kTwoByTwo);
  EXPECT_THAT(plan.of_host(1).additions, ElementsAre(Addition{0, 1}));
  EXPECT_EQ(plan.of_host(1).joined, (std::vector<PlacedSum>{{TreeNode{2, 0}, 0, 0}}));
  EXPECT_EQ(plan.of_world.additions.size(), 1U);
  // Owners are dealt with by their host's ranks in turn.
  EXPECT_THAT(plan.incoming(0), ElementsAre(Incoming{1, 2}));
  EXPECT_THAT(plan.incoming(1), ElementsAre(Incoming{1, 3}));
  EXPECT_THAT(plan.incoming(2), ElementsAre(Incoming{0, 0}));
  EXPECT_THAT(plan.incoming(3), ElementsAre(Incoming{0, 1}));
}

// Ranks 0 and 2 on one host hold no neighbours: there is nothing to join.
TEST(ExchangePlan, AHostOfRanksThatAreNoNeighboursJoinsNothing) {
  const ExchangePlan plan = plan_of({8, {0, 1, 0, 1}});
  EXPECT_THAT(plan.of_host(0).additions, IsEmpty());
  EXPECT_THAT(plan.incoming(0), ElementsAre(Incoming{1, 1}, Incoming{3, 3}));
}

TEST(Hosts, AreDividedEvenly) {
  EXPECT_THAT(even_hosts(4, 1).all_leaders(), ElementsAre(0));
  EXPECT_THAT(even_hosts(4, 2).all_leaders(), ElementsAre(0, 2));
  EXPECT_THAT(even_hosts(5, 3).all_leaders(), ElementsAre(0, 1, 3));
  EXPECT_THAT(even_hosts(3, 3).all_leaders(), ElementsAre(0, 1, 2));
}

TEST(Hosts, KnowTheirMembers) {
  const Hosts hosts({0, 1, 1, 0});
  EXPECT_EQ(hosts.ranks(), 4);
  EXPECT_THAT(hosts.all_leaders(), ElementsAre(0, 1));
  EXPECT_THAT(hosts.members(3), ElementsAre(0, 3));
  EXPECT_THAT(hosts.members(1), ElementsAre(1, 2));
  EXPECT_TRUE(hosts.share(0, 3));
  EXPECT_FALSE(hosts.share(0, 1));
  EXPECT_EQ(hosts.courier(0, 1), 3);
  EXPECT_EQ(hosts.courier(3, 2), 0);
}

std::vector<WorkerPlan> even_plans(std::uint64_t shards, std::uint64_t ranks) {
  return plan_ranks({shards, std::vector<int>(ranks)});
}

// As messages the others' sums of two pieces, or in shared memory what is looked
// into: their sums of all own pieces, and their pieces of the weights.
TEST(ExchangeBuffers, CountTheLargerOfMessagesAndSharedMemory) {
  const Ownership alone =
      Ownership::with_bucket_bytes(4 * Ownership::kBlock, 8 * Ownership::kBlock, 4, 1);
  EXPECT_EQ(exchange_buffer_bytes(alone, even_plans(5, 1), 0, 4), 0U);

  // Four blocks in buckets of two, pieces of one; the other rank holds one sum.
  const Ownership pair =
      Ownership::with_bucket_bytes(4 * Ownership::kBlock, 2 * Ownership::kBlock * 4, 4, 2);
  EXPECT_EQ(exchange_buffer_bytes(pair, even_plans(4, 2), 0, 4), (2 + 2) * Ownership::kBlock * 4);
  EXPECT_EQ(exchange_buffer_bytes(pair, even_plans(4, 2), 1, 4), (2 + 2) * Ownership::kBlock * 4);
  // Of six shards rank 0 holds {0,1} and {2}, rank 1 holds {3} and {4,5}.
  EXPECT_EQ(exchange_buffer_bytes(pair, even_plans(6, 2), 0, 8), (4 + 2) * Ownership::kBlock * 8);
}

}  // namespace
}  // namespace lockstep
