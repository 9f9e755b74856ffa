#include "train/tile_sums.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;

// What a leaf is, without its rows.
std::vector<std::string> describe(const PassLeaves& pass) {
  std::vector<std::string> texts;
  for (const LeafRows& leaf : pass.leaves) {
    texts.push_back(std::to_string(leaf.rows.begin) + "-" + std::to_string(leaf.rows.end) +
                    (leaf.continues ? " on" : "") + (leaf.ends ? "" : " ...") +
                    std::string(leaf.additions, '+'));
  }
  return texts;
}

std::vector<PassLeaves> leaves_of_step(const BatchGeometry& geometry, Range shards,
                                       std::uint64_t step = 0) {
  return leaves_of_passes(plan_worker(shards, geometry.shards),
                          passes_of_step(geometry, shards, step));
}

TEST(TileSums, AllShardsOfOnePassAreAddedUp) {
  const auto passes = leaves_of_step({64, 4, 2}, {0, 4});
  ASSERT_EQ(passes.size(), 2U);
  EXPECT_THAT(describe(passes[0]), ElementsAre("0-2", "2-4+", "4-6", "6-8++"));
  EXPECT_EQ(passes[0].standing, 0U);
  EXPECT_EQ(passes[1].standing, 1U) << "the whole tree";
  EXPECT_TRUE(passes[1].leaves.empty());
}

// 3 shards of 300 rows: parts of 256 and 44, and passes of at most 512.
TEST(TileSums, SumsAndPartsOfLeavesStandBetweenPasses) {
  const auto passes = leaves_of_step({9000, 3, 300}, {0, 3});
  ASSERT_EQ(passes.size(), 4U);
  EXPECT_THAT(describe(passes[0]), ElementsAre("0-256 ...", "256-300 on"));
  EXPECT_THAT(describe(passes[1]), ElementsAre("0-256 ...", "256-300 on+"));
  EXPECT_EQ(passes[1].standing, 1U);
  EXPECT_THAT(describe(passes[2]), ElementsAre("0-256 ...", "256-300 on+"));
  EXPECT_EQ(passes[2].standing, 1U);
  EXPECT_EQ(passes[3].standing, 1U);
}

TEST(TileSums, AShardWithoutRowsIsALeafOfZeros) {
  // Shard 0 has 3 examples, the others 2.
  const auto passes = leaves_of_step({7, 3, 2}, {0, 3}, 1);
  EXPECT_THAT(describe(passes[0]), ElementsAre("0-1", "1-1+", "1-1+"));
}

TEST(TileSums, ARankHasABufferForEverySumThatStandsAfterAPass) {
  EXPECT_EQ(plan_of_rank({64, 4, 2}, {0, 4}).buffers, 1U);
  // Shards 1 to 3 leave the sums of 1 and of 2 + 3.
  const WorkerPlan held = plan_of_rank({64, 4, 2}, {1, 4});
  EXPECT_EQ(held.buffers, 2U);
  EXPECT_EQ(held.held[1].buffer, 1U);
  // 8 shards of 512 rows: up to three sums wait for the next pass.
  EXPECT_EQ(plan_of_rank({1 << 20, 8, 512}, {0, 8}).buffers, 3U);
}

}  // namespace
}  // namespace lockstep
