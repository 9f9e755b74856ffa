#include "nn/block_grid.h"

#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// Whether the blocks cover every value of a matrix once.
bool covers(const BlockGrid& grid, std::uint64_t rows, std::uint64_t columns) {
  std::vector<int> times(rows * columns);
  for (std::uint64_t i = 0; i < grid.size(); ++i) {
    const Block block = grid[i];
    for (std::uint64_t r = block.rows.begin; r < block.rows.end; ++r) {
      for (std::uint64_t c = block.columns.begin; c < block.columns.end; ++c) {
        ++times[r * columns + c];
      }
    }
  }
  return std::ranges::all_of(times, [](int n) { return n == 1; });
}

TEST(BlockGrid, CoversAnOutputOnce) {
  for (const std::uint64_t rows : {1U, 31U, 256U, 700U}) {
    for (const std::uint64_t columns : {1U, 10U, 64U, 130U}) {
      for (const bool divides : {false, true}) {
        for (const std::uint64_t threads : {1U, 2U, 16U}) {
          const std::vector<Range> segments = {{0, rows / 2}, {rows / 2, rows}};
          const auto grid = output_grid<float>(segments, columns, divides, threads, 64);
          EXPECT_TRUE(covers(grid, rows, columns)) << rows << " " << columns;
          EXPECT_TRUE(
              covers(output_grid<double>(segments, columns, divides, threads, 64), rows, columns));
        }
      }
    }
  }
}

TEST(BlockGrid, GivesEveryThreadSomeBlocksOfALargeOutput) {
  const std::vector<Range> segments = {{0, 256}};
  EXPECT_GE(output_grid<float>(segments, 1024, true, 16, 64).size(), 16U);
  EXPECT_GE(output_grid<float>(segments, 10, true, 4, 64).size(), 4U);
}

// In double the shapes of products never depend on the number of threads.
TEST(BlockGrid, InDoubleBlocksAreTheSegments) {
  const std::vector<Range> segments = {{0, 3}, {3, 10}};
  for (const std::uint64_t threads : {1U, 7U}) {
    const auto grid = output_grid<double>(segments, 130, true, threads, 64);
    ASSERT_EQ(grid.size(), 2U);
    EXPECT_EQ(grid[1].rows, (Range{3, 10}));
    EXPECT_EQ(grid[1].columns, (Range{0, 130}));
  }
}

TEST(BlockGrid, CoversATensorOnceInTilesThatFitTheCache) {
  for (const std::uint64_t rows : {1U, 40U, 1000U}) {
    for (const std::uint64_t columns : {1U, 3U, 64U, 200U}) {
      const auto grid = tensor_grid<float>(rows, columns, true);
      EXPECT_TRUE(covers(grid, rows, columns));
      for (std::uint64_t i = 0; i < grid.size(); ++i) {
        EXPECT_LE(grid[i].rows.size() * grid[i].columns.size(), kTileValues);
      }
      EXPECT_EQ(tensor_grid<float>(rows, columns, false).size(), 1U);
      EXPECT_EQ(tensor_grid<double>(rows, columns, true).size(), 1U);
    }
  }
}

}  // namespace
}  // namespace lockstep
