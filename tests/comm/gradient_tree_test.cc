#include "comm/gradient_tree.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "comm/canonical_tree.h"

namespace lockstep {
namespace {

std::string join_text(const std::string& left, const std::string& right) {
  return "(" + left + "+" + right + ")";
}

std::string canonical_text(std::uint64_t shards) {
  return canonical_tree(
      shards, [](std::uint64_t shard) { return std::to_string(shard); }, join_text);
}

// Nodes of the tree and, for each, the sum as it was really added up.
struct Sums {
  std::vector<TreeNode> nodes;
  std::vector<std::string> texts;
};

// Does the additions on `texts`; what has been added elsewhere is emptied, so
// that a later use of it shows.
void add_up(const std::vector<Addition>& additions, std::vector<std::string>& texts) {
  for (const Addition& addition : additions) {
    texts.at(addition.into) = join_text(texts.at(addition.into), texts.at(addition.from));
    texts[addition.from].clear();
  }
}

Sums replay(const WorkerPlan& plan) {
  EXPECT_EQ(plan.leaves.size(), plan.shards.size());
  std::vector<std::string> buffers(plan.buffers);
  std::uint64_t shard = plan.shards.begin;
  for (const WorkerPlan::Leaf& leaf : plan.leaves) {
    EXPECT_EQ(buffers.at(leaf.buffer), "") << "shard " << shard << " overwrites a sum";
    buffers[leaf.buffer] = std::to_string(shard++);
    add_up(leaf.additions, buffers);
  }
  Sums sums;
  for (const WorkerPlan::Held& held : plan.held) {
    sums.nodes.push_back(held.node);
    sums.texts.push_back(buffers.at(held.buffer));
  }
  return sums;
}

Sums join(Sums sums, std::uint64_t shards) {
  const JoinPlan plan = join_nodes(sums.nodes, shards);
  EXPECT_EQ(plan.survivors.size(), plan.nodes.size());
  add_up(plan.additions, sums.texts);
  Sums joined{plan.nodes, {}};
  for (const std::uint32_t survivor : plan.survivors) {
    joined.texts.push_back(sums.texts.at(survivor));
  }
  return joined;
}

void append(Sums& sums, const Sums& more) {
  sums.nodes.insert(sums.nodes.end(), more.nodes.begin(), more.nodes.end());
  sums.texts.insert(sums.texts.end(), more.texts.begin(), more.texts.end());
}

// The global sum when neighbouring workers, `threads` at a time, form a rank.
std::string global_sum(const std::vector<Sums>& workers, std::size_t threads,
                       std::uint64_t shards) {
  Sums of_ranks;
  for (std::size_t first = 0; first < workers.size(); first += threads) {
    Sums of_threads;
    for (std::size_t thread = 0; thread < threads; ++thread) {
      append(of_threads, workers[first + thread]);
    }
    append(of_ranks, join(of_threads, shards));
  }
  const Sums whole = join(of_ranks, shards);
  EXPECT_EQ(whole.nodes.size(), 1U);
  return whole.texts.at(0);
}

std::vector<Sums> even_workers(std::uint64_t shards, std::uint64_t workers) {
  std::vector<Sums> sums;
  for (std::uint64_t worker = 0; worker < workers; ++worker) {
    sums.push_back(replay(plan_worker(even_part(shards, workers, worker), shards)));
  }
  return sums;
}

TEST(GradientTree, IsTheOneOfTheDefinition) {
  const auto whole = [](std::uint64_t shards) {
    return global_sum(even_workers(shards, 1), 1, shards);
  };
  EXPECT_EQ(whole(1), "0");
  EXPECT_EQ(whole(2), "(0+1)");
  EXPECT_EQ(whole(3), "((0+1)+2)");
  EXPECT_EQ(whole(5), "(((0+1)+(2+3))+4)");
  EXPECT_EQ(whole(6), "(((0+1)+(2+3))+(4+5))");
  EXPECT_EQ(whole(11), "((((0+1)+(2+3))+((4+5)+(6+7)))+((8+9)+10))");
}

TEST(GradientTree, IsTheSameForAnyNumberOfRanksAndThreads) {
  for (std::uint64_t shards = 1; shards <= 70; ++shards) {
    const std::string canonical = canonical_text(shards);
    for (std::uint64_t workers = 1; workers <= shards; ++workers) {
      const std::vector<Sums> sums = even_workers(shards, workers);
      for (std::uint64_t threads = 1; threads <= workers; ++threads) {
        if (workers % threads != 0) continue;
        ASSERT_EQ(global_sum(sums, threads, shards), canonical)
            << shards << " shards, " << workers / threads << " ranks of " << threads;
      }
    }
  }
}

// Bit i of `cuts`: a worker ends after shard i.
TEST(GradientTree, IsTheSameForEveryWayToCutTheShards) {
  for (std::uint64_t shards = 1; shards <= 11; ++shards) {
    const std::string canonical = canonical_text(shards);
    for (std::uint64_t cuts = 0; cuts < (1ULL << (shards - 1)); ++cuts) {
      std::vector<Sums> workers;
      std::uint64_t begin = 0;
      for (std::uint64_t end = 1; end <= shards; ++end) {
        if (end < shards && (cuts >> (end - 1)) % 2 == 0) continue;
        workers.push_back(replay(plan_worker({begin, end}, shards)));
        begin = end;
      }
      ASSERT_EQ(global_sum(workers, 1, shards), canonical) << shards << " shards, cuts " << cuts;
    }
  }
}

TEST(GradientTree, HeldNodesTileTheShardsOfAWorker) {
  const std::uint64_t shards = 37;
  for (std::uint64_t begin = 0; begin < shards; ++begin) {
    for (std::uint64_t end = begin + 1; end <= shards; ++end) {
      std::uint64_t next = begin;
      for (const WorkerPlan::Held& held : plan_worker({begin, end}, shards).held) {
        ASSERT_EQ(held.node.leaves(shards).begin, next);
        next = held.node.leaves(shards).end;
      }
      ASSERT_EQ(next, end) << "from " << begin;
    }
  }
}

TEST(GradientTree, AWorkerWithoutShardsHoldsNothing) {
  const WorkerPlan plan = plan_worker({5, 5}, 12);
  EXPECT_TRUE(plan.leaves.empty());
  EXPECT_TRUE(plan.held.empty());
  EXPECT_EQ(plan.buffers, 0U);
}

std::uint32_t floor_log2(std::uint64_t n) {
  return static_cast<std::uint32_t>(std::bit_width(n)) - 1;
}

// The most that any n neighbouring shards need, as gradient_tree.h has it.
std::uint32_t most_buffers(std::uint64_t n) {
  return floor_log2(n + 1) + floor_log2(2 * (n + 1) / 3);
}

// A plan takes its shards one by one: what the range [begin, end) needs is the
// highest buffer among the first leaves of the plan of [begin, shards).
template <typename Visit>
void for_each_range(std::uint64_t most_shards, const Visit& visit) {
  for (std::uint64_t shards = 1; shards <= most_shards; ++shards) {
    for (std::uint64_t begin = 0; begin < shards; ++begin) {
      const WorkerPlan plan = plan_worker({begin, shards}, shards);
      std::uint32_t buffers = 0;
      for (std::uint64_t end = begin + 1; end <= shards; ++end) {
        buffers = std::max(buffers, plan.leaves[end - begin - 1].buffer + 1);
        visit(Range{begin, end}, buffers);
      }
      ASSERT_EQ(plan.buffers, buffers);
    }
  }
}

TEST(GradientTree, NeedsAsManyBuffersAsPromisedAndNoMore) {
  constexpr std::uint64_t kShards = 256;
  std::vector<std::uint32_t> most(kShards + 1);
  for_each_range(kShards, [&](Range range, std::uint32_t buffers) {
    most[range.size()] = std::max(most[range.size()], buffers);
  });
  EXPECT_EQ(most[1], 1U);
  EXPECT_EQ(most[2], 2U);
  EXPECT_EQ(most[6], 4U);
  EXPECT_EQ(most[7], 5U);
  EXPECT_EQ(most[13], 6U);
  for (std::uint64_t n = 1; n <= kShards; ++n) {
    EXPECT_LE(most[n], most_buffers(n)) << n << " shards";
    // Only ranges with enough shards around them can lie badly.
    if (2 * n < kShards) {
      EXPECT_EQ(most[n], most_buffers(n)) << n << " shards";
    }
  }
}

TEST(GradientTree, AlignedRangesNeedFewBuffers) {
  std::uint32_t aligned = 0;
  for_each_range(80, [&](Range range, std::uint32_t buffers) {
    if (range.begin % std::bit_ceil(range.size()) != 0) return;
    ++aligned;
    EXPECT_LE(buffers, floor_log2(range.size()) + 1);
  });
  EXPECT_GT(aligned, 0U);
}

}  // namespace
}  // namespace lockstep
