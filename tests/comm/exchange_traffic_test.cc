#include "comm/exchange_traffic.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comm/shard_assignment.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

// 12 blocks of parameters in one bucket, so that up to 4 ranks own the same number.
std::vector<HostTraffic> traffic(const ShardAssignment& assignment, std::vector<int> leaders,
                                 std::uint64_t shards,
                                 std::uint64_t bytes_per_value = sizeof(float)) {
  const auto ranks = static_cast<int>(leaders.size());
  const Hosts hosts(std::move(leaders));
  const auto ownership = Ownership::with_bucket_bytes(
      12 * Ownership::kBlock, 12 * Ownership::kBlock * 4, sizeof(float), ranks);
  return traffic_of_step(plan_exchange(plan_workers(assignment, shards), shards, hosts), ownership,
                         bytes_per_value);
}

constexpr std::uint64_t kAll = 12 * Ownership::kBlock * sizeof(float);

TEST(ExchangeTraffic, OneHostSendsNothing) {
  EXPECT_THAT(traffic(even_assignment(8, 2), {0, 0}, 8), ElementsAre(HostTraffic{0, 0, 0, 0}));
}

// Half of the sums go to the other host, and half of the weights.
TEST(ExchangeTraffic, TwoHostsSendTheirParametersOnceHoweverManyRanksTheyHave) {
  EXPECT_THAT(traffic(even_assignment(8, 2), {0, 1}, 8),
              ElementsAre(HostTraffic{0, kAll, kAll, 2}, HostTraffic{1, kAll, kAll, 2}));
  EXPECT_THAT(traffic(even_assignment(8, 4), {0, 0, 2, 2}, 8),
              ElementsAre(HostTraffic{0, kAll, kAll, 4}, HostTraffic{2, kAll, kAll, 4}));
}

TEST(ExchangeTraffic, HalfTheBytesPerValueAreHalfTheTraffic) {
  EXPECT_THAT(
      traffic(even_assignment(8, 2), {0, 1}, 8, 2),
      ElementsAre(HostTraffic{0, kAll / 2, kAll / 2, 2}, HostTraffic{1, kAll / 2, kAll / 2, 2}));
}

// 11 sums remain of an even assignment, 2 + 2 + 1 when no host has more than 24 shards.
TEST(ExchangeTraffic, RangesThatAreNotSubtreesSendMoreSums) {
  const std::uint64_t third = kAll / 3;
  const auto even = traffic(even_assignment(64, 3), {0, 1, 2}, 64);
  const auto few =
      traffic(assignment_with_few_sums(64, std::vector<std::uint64_t>{1, 1, 1}, 24), {0, 1, 2}, 64);
  EXPECT_EQ(few[0].sent_bytes, (2 * 2 + 2) * third);
  EXPECT_EQ(few[1].received_bytes, (2 + 1 + 2) * third);
  std::uint64_t sums = 0;
  for (const Range range : even_assignment(64, 3)) sums += remaining_sums(range, 64);
  std::uint64_t sent = 0;
  for (const HostTraffic& host : even) sent += host.sent_bytes;
  EXPECT_EQ(sent, sums * 2 * third + 3 * 2 * third);
  EXPECT_GT(largest_traffic(even), largest_traffic(few));
}

}  // namespace
}  // namespace lockstep
