#include "sets/evaluation_blocks.h"

#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::ElementsAre;

// Rows of the shards of one rank, numbered one after another.
std::vector<std::vector<std::uint32_t>> rows_of_shards(const BatchGeometry& geometry) {
  std::vector<std::vector<std::uint32_t>> rows;
  std::uint32_t next = 0;
  for (std::uint64_t shard = 0; shard < geometry.shards; ++shard) {
    auto& own = rows.emplace_back(shard_size(geometry, shard));
    std::iota(own.begin(), own.end(), next);
    next += static_cast<std::uint32_t>(own.size());
  }
  return rows;
}

// How many rows of each shard a sample takes, in one process of one thread.
std::vector<std::size_t> sample(const BatchGeometry& geometry, std::uint64_t examples) {
  const auto rows = rows_of_shards(geometry);
  std::vector<std::size_t> sizes;
  std::uint64_t total = 0;
  const auto blocks = training_blocks(geometry, {0, geometry.shards}, 1, rows, examples);
  EXPECT_EQ(blocks.size(), 1U);
  for (std::size_t shard = 0; shard < blocks[0].size(); ++shard) {
    const auto& block = blocks[0][shard];
    EXPECT_THAT(block, testing::ElementsAreArray(
                           rows[shard].begin(),
                           rows[shard].begin() + static_cast<std::ptrdiff_t>(block.size())))
        << "the first rows of the shard";
    sizes.push_back(block.size());
    total += block.size();
  }
  EXPECT_EQ(training_block_examples(geometry, examples), total);
  return sizes;
}

// 11 examples in 4 shards: 3, 3, 3 and 2 of them.
TEST(EvaluationBlocks, ASampleTakesTheSameNumberOfEveryShardRoundedUp) {
  const BatchGeometry geometry{11, 4, 2};
  EXPECT_THAT(sample(geometry, 1), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(sample(geometry, 4), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(sample(geometry, 5), ElementsAre(2, 2, 2, 2));
  EXPECT_THAT(sample(geometry, 8), ElementsAre(2, 2, 2, 2));
  EXPECT_THAT(sample(geometry, 9), ElementsAre(3, 3, 3, 2));
  EXPECT_THAT(sample(geometry, 1000), ElementsAre(3, 3, 3, 2));
  EXPECT_THAT(sample(geometry, 0), ElementsAre(3, 3, 3, 2)) << "0: all";
}

TEST(EvaluationBlocks, EveryBlockButTheLastOfAShardIsFull) {
  const BatchGeometry geometry{2 * kEvaluationRows + 1, 1, 8};
  EXPECT_THAT(sample({kEvaluationRows, 1, 8}, 0), ElementsAre(kEvaluationRows));
  const auto blocks = training_blocks(geometry, {0, 1}, 1, rows_of_shards(geometry), 0);
  ASSERT_EQ(blocks[0].size(), 3U);
  EXPECT_EQ(blocks[0][0].size(), kEvaluationRows);
  EXPECT_EQ(blocks[0][1].size(), kEvaluationRows);
  EXPECT_THAT(blocks[0][2], ElementsAre(2 * kEvaluationRows));
}

TEST(EvaluationBlocks, NeighbouringBlocksGoToTheThreads) {
  const BatchGeometry geometry{11, 4, 2};
  const auto rows = rows_of_shards(geometry);
  const auto two = training_blocks(geometry, {0, 4}, 2, rows, 0);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_THAT(two[0], ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4, 5)));
  EXPECT_THAT(two[1], ElementsAre(ElementsAre(6, 7, 8), ElementsAre(9, 10)));
  // A rank is given the rows of its own shards alone.
  const std::vector<std::vector<std::uint32_t>> own = {{0, 1, 2}, {3, 4}};
  EXPECT_THAT(training_blocks(geometry, {2, 4}, 1, own, 9)[0],
              ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3, 4)));
}

TEST(EvaluationBlocks, HeldOutRowsAreCutInOrderWhateverTheLayout) {
  for (const std::uint64_t total : {std::uint64_t{0}, std::uint64_t{1}, kEvaluationRows,
                                    kEvaluationRows + 1, 5 * kEvaluationRows - 1}) {
    for (const Layout& layout : {Layout{1, 1}, Layout{1, 3}, Layout{3, 1}, Layout{2, 2}}) {
      std::uint64_t next = 0;
      for (int rank = 0; rank < layout.ranks; ++rank) {
        const Range own = held_out_rows(total, layout, rank);
        EXPECT_EQ(own.begin, next);
        const auto blocks = held_out_blocks(total, layout, rank);
        EXPECT_EQ(blocks.size(), static_cast<std::size_t>(layout.threads));
        for (const auto& of_thread : blocks) {
          for (const auto& block : of_thread) {
            EXPECT_TRUE(block.size() == kEvaluationRows || next + block.size() == total);
            for (const std::uint32_t row : block) EXPECT_EQ(own.begin + row, next++);
          }
        }
        EXPECT_EQ(own.end, next);
      }
      EXPECT_EQ(next, total);
    }
  }
}

}  // namespace
}  // namespace lockstep
