#include "comm/shard_assignment.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comm/gradient_tree.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ShardAssignment, AnEvenOneGivesEveryShardToOneWorkerInOrder) {
  for (std::uint64_t shards = 1; shards <= 13; ++shards) {
    for (std::uint64_t workers = 1; workers <= 16; ++workers) {
      const ShardAssignment assignment = even_assignment(shards, workers);
      ASSERT_EQ(assignment.size(), workers);
      std::uint64_t next = 0;
      for (const Range range : assignment) {
        EXPECT_EQ(range.begin, next);
        EXPECT_GE(range.size(), shards / workers);
        EXPECT_LE(range.size(), (shards + workers - 1) / workers);
        next = range.end;
      }
      EXPECT_EQ(next, shards);
    }
  }
}

TEST(ShardAssignment, RemainingSumsAreThoseOfTheWorkersPlan) {
  for (std::uint64_t shards = 1; shards <= 40; ++shards) {
    for (std::uint64_t begin = 0; begin < shards; ++begin) {
      for (std::uint64_t end = begin + 1; end <= shards; ++end) {
        EXPECT_EQ(remaining_sums({begin, end}, shards),
                  plan_worker({begin, end}, shards).held.size())
            << begin << " to " << end << " of " << shards;
      }
    }
  }
}

// Every way to cut `shards` among hosts of `workers`, by trying all of them.
std::uint64_t fewest_sums(std::uint64_t shards, std::span<const std::uint64_t> workers,
                          std::uint64_t most, std::uint64_t begin = 0) {
  constexpr std::uint64_t kNone = 1000;
  if (workers.empty()) return begin == shards ? 0 : kNone;
  std::uint64_t fewest = kNone;
  for (std::uint64_t size = workers[0]; size <= most * workers[0] && begin + size <= shards;
       ++size) {
    const std::uint64_t rest = fewest_sums(shards, workers.subspan(1), most, begin + size);
    fewest = std::min(fewest, remaining_sums({begin, begin + size}, shards) + rest);
  }
  return fewest;
}

TEST(ShardAssignment, NoOtherOneOfTheSameLoadLeavesFewerSums) {
  for (const std::vector<std::uint64_t>& workers : std::vector<std::vector<std::uint64_t>>{
           {1}, {1, 1}, {2, 2}, {1, 1, 1}, {2, 1, 3}, {1, 1, 1, 1}}) {
    const std::uint64_t all = std::accumulate(workers.begin(), workers.end(), std::uint64_t{0});
    for (const std::uint64_t shards : {6, 7, 8, 12, 16, 21, 32}) {
      for (std::uint64_t most = (shards + all - 1) / all; most <= shards; ++most) {
        const ShardAssignment assignment = assignment_with_few_sums(shards, workers, most);
        ASSERT_EQ(assignment.size(), all);
        std::uint64_t sums = 0;
        std::uint64_t next = 0;
        std::uint64_t first = 0;
        for (const std::uint64_t of_host : workers) {
          const Range range{assignment[first].begin, assignment[first + of_host - 1].end};
          EXPECT_EQ(range.begin, next);
          next = range.end;
          first += of_host;
          sums += remaining_sums(range, shards);
        }
        EXPECT_EQ(next, shards);
        for (const Range range : assignment) {
          EXPECT_GE(range.size(), 1U);
          EXPECT_LE(range.size(), most);
        }
        EXPECT_EQ(sums, fewest_sums(shards, workers, most));
      }
    }
  }
}

TEST(ShardAssignment, ThreeHostsOfSixtyFourShards) {
  const std::vector<std::uint64_t> hosts = {1, 1, 1};
  EXPECT_THAT(assignment_with_few_sums(64, hosts, 32),
              ElementsAre(Range{0, 32}, Range{32, 48}, Range{48, 64}));
  EXPECT_THAT(assignment_with_few_sums(64, hosts, 24),
              ElementsAre(Range{0, 24}, Range{24, 48}, Range{48, 64}));
}

TEST(ShardAssignment, ThereIsNoneForTooManyWorkersOrTooFewShardsForEach) {
  EXPECT_THAT(assignment_with_few_sums(3, std::vector<std::uint64_t>{2, 2}, 8), IsEmpty());
  EXPECT_THAT(assignment_with_few_sums(8, std::vector<std::uint64_t>{1, 1}, 3), IsEmpty());
}

// The search stays quick because hosts of so many shards are cut on a grid.
TEST(ShardAssignment, DividesAMillionShards) {
  const std::vector<std::uint64_t> hosts(7, 16);
  const std::uint64_t shards = 1 << 20;
  const ShardAssignment assignment = assignment_with_few_sums(shards, hosts, 11000);
  ASSERT_EQ(assignment.size(), 7U * 16);
  EXPECT_EQ(assignment.front().begin, 0U);
  EXPECT_EQ(assignment.back().end, shards);
  for (const Range range : assignment) EXPECT_LE(range.size(), 11000U);
}

}  // namespace
}  // namespace lockstep
