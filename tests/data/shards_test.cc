#include "data/shards.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::vector<std::uint32_t> numbers(std::uint32_t n) {
  std::vector<std::uint32_t> ids(n);
  std::iota(ids.begin(), ids.end(), 0U);
  return ids;
}

TEST(Shards, DealGivesEachExampleToOneShard) {
  for (const std::uint32_t n : {0U, 1U, 7U, 101U}) {
    std::vector<std::uint32_t> ids = numbers(n);
    for (std::uint32_t& id : ids) id = 3 * id + 5;  // ids need not be 0..n-1
    for (const std::uint64_t shards : {1U, 2U, 8U, 12U, 101U, 150U}) {
      const auto dealt = deal(ids, shards, 9);
      ASSERT_EQ(dealt.size(), shards);
      std::vector<std::uint32_t> all;
      for (std::uint64_t s = 0; s < shards; ++s) {
        EXPECT_TRUE(std::ranges::is_sorted(dealt[s]));
        EXPECT_EQ(dealt[s].size(), shard_size({n, shards, 1}, s));
        all.insert(all.end(), dealt[s].begin(), dealt[s].end());
      }
      std::ranges::sort(all);
      EXPECT_EQ(all, ids);
    }
  }
}

TEST(Shards, DealIsKeyedAndMixed) {
  const auto ids = numbers(101);
  EXPECT_EQ(deal(ids, 8, 1), deal(ids, 8, 1));
  EXPECT_NE(deal(ids, 8, 1), deal(ids, 8, 2));
  const auto first = deal(ids, 8, 1)[0];
  EXPECT_LT(first.front(), 50U);
  EXPECT_GT(first.back(), 50U);
}

TEST(Shards, EpochOrderIsAPermutationThatChanges) {
  auto order = epoch_order(1, 0, 0, 50);
  EXPECT_EQ(order, epoch_order(1, 0, 0, 50));
  EXPECT_NE(order, epoch_order(1, 1, 0, 50));  // epoch
  EXPECT_NE(order, epoch_order(1, 0, 1, 50));  // shard
  EXPECT_NE(order, epoch_order(2, 0, 0, 50));  // seed
  std::ranges::sort(order);
  EXPECT_EQ(order, numbers(50));
  EXPECT_TRUE(epoch_order(1, 0, 0, 0).empty());
}

// Goes through an epoch as a trainer does and counts each example.
void expect_each_example_once(std::uint32_t n, std::uint64_t shards, std::uint64_t rows_per_shard,
                              std::uint32_t epoch) {
  SCOPED_TRACE(testing::Message() << n << " examples, " << shards << " shards, " << rows_per_shard
                                  << " rows each, epoch " << epoch);
  const BatchGeometry geometry = {n, shards, rows_per_shard};
  const auto dealt = deal(numbers(n), shards, 4);
  std::vector<int> seen(n, 0);
  std::uint64_t total = 0;
  for (std::uint64_t step = 0; step < steps_per_epoch(geometry); ++step) {
    std::uint64_t rows = 0;
    for (std::uint32_t s = 0; s < shards; ++s) {
      const auto order = epoch_order(4, epoch, s, dealt[s].size());
      const Range range = shard_rows(geometry, s, step);
      EXPECT_LE(range.size(), rows_per_shard);
      for (std::uint64_t k = range.begin; k < range.end; ++k) ++seen.at(dealt[s].at(order.at(k)));
      rows += range.size();
    }
    EXPECT_EQ(rows, batch_rows(geometry, step));
    EXPECT_GT(rows, 0U);
    total += rows;
  }
  EXPECT_EQ(total, n);
  EXPECT_EQ(batch_rows(geometry, steps_per_epoch(geometry)), 0U);
  EXPECT_TRUE(std::ranges::all_of(seen, [](int count) { return count == 1; }));
}

TEST(Shards, EveryExampleCountsOncePerEpoch) {
  for (const std::uint64_t shards : {1U, 2U, 3U, 7U, 8U, 12U, 64U, 101U, 128U}) {
    for (const std::uint64_t rows : {1U, 2U, 3U, 5U, 16U, 101U, 1000U}) {
      for (const std::uint32_t epoch : {0U, 1U}) expect_each_example_once(101, shards, rows, epoch);
    }
  }
  expect_each_example_once(3, 8, 2, 0);
  expect_each_example_once(0, 8, 2, 0);
}

TEST(Shards, UnevenLastBatch) {
  // 101 = 5 shards of 13 and 3 of 12; steps of 4 leave 1 row to five of them.
  const BatchGeometry geometry = {101, 8, 4};
  EXPECT_EQ(steps_per_epoch(geometry), 4U);
  EXPECT_EQ(batch_rows(geometry, 0), 32U);
  EXPECT_EQ(batch_rows(geometry, 3), 5U);
  EXPECT_EQ(shard_rows(geometry, 4, 3), (Range{12, 13}));
  EXPECT_TRUE(shard_rows(geometry, 5, 3).empty());
}

TEST(Shards, FullBatchIsOneStep) {
  for (const std::uint64_t n : {1U, 3U, 8U, 101U}) {
    const BatchGeometry geometry = full_batch(n, 8);
    EXPECT_EQ(steps_per_epoch(geometry), 1U);
    EXPECT_EQ(batch_rows(geometry, 0), n);
    EXPECT_EQ(geometry.rows_per_shard, shard_size(geometry, 0));
  }
  EXPECT_EQ(steps_per_epoch(full_batch(0, 8)), 0U);
}

}  // namespace
}  // namespace lockstep
