#include "sets/assign_shards.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/build.h"
#include "sets/dataset.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::ElementsAre;

// 64 shards of 4 rows; the first layer has 900 units, so that computation counts.
class AssignShards : public testing::Test {
 protected:
  ShardAssignment assign(const char* gigabits, const Layout& layout, int hosts) {
    job_ = tiny_job("/",
                    {"training.shards=64", "training.batch_size=256", "network.layer[0].units=900",
                     std::string("exchange.link_gigabits_per_second=") + gigabits})
               .job;
    network_ = build_network(job_.network, 12);
    return assign_shards(job_, network_, batch_geometry(job_.training, 6400), layout,
                         even_hosts(layout.ranks, hosts));
  }
  std::uint64_t traffic(const ShardAssignment& assignment, const Layout& layout, int hosts) {
    return largest_traffic(
        step_traffic(job_, network_, assignment, layout, even_hosts(layout.ranks, hosts)));
  }

  Job job_;
  NetworkSpec network_;
};

TEST_F(AssignShards, OneHostDealsThemOutEvenly) {
  EXPECT_EQ(assign("0.001", {3, 1}, 1), even_assignment(64, 3));
  EXPECT_EQ(assign("0.001", {1, 5}, 1), even_assignment(64, 1)) << "threads share all of them";
}

TEST_F(AssignShards, HostsOfASlowNetworkMeetBetweenSubtrees) {
  const Layout layout{3, 1};
  const ShardAssignment slow = assign("0.001", layout, 3);
  EXPECT_THAT(slow, ElementsAre(Range{0, 32}, Range{32, 48}, Range{48, 64}));
  EXPECT_LT(2 * traffic(slow, layout, 3), traffic(even_assignment(64, 3), layout, 3));
}

TEST_F(AssignShards, AFastNetworkLetsTheWorkDecide) {
  const ShardAssignment fast = assign("1000000", {3, 1}, 3);
  EXPECT_EQ(std::ranges::max(fast, {}, &Range::size).size(), 22U);
}

TEST_F(AssignShards, TheRanksOfAHostShareItsShardsEvenly) {
  EXPECT_THAT(assign("0.001", {6, 1}, 3), ElementsAre(Range{0, 16}, Range{16, 32}, Range{32, 40},
                                                      Range{40, 48}, Range{48, 56}, Range{56, 64}));
}

// Evaluation may have more ranks than there are shards.
TEST_F(AssignShards, MoreRanksThanShardsLeaveSomeWithout) {
  EXPECT_EQ(assign("0.001", {70, 1}, 70), even_assignment(64, 70));
}

TEST_F(AssignShards, TheBytesAreThoseOfAllParameters) {
  const Layout layout{2, 4};
  const ShardAssignment two = assign("10", layout, 2);
  EXPECT_EQ(two, even_assignment(64, 2));
  const auto traffic_of = step_traffic(job_, network_, two, layout, even_hosts(2, 2));
  ASSERT_EQ(traffic_of.size(), 2U);
  const std::uint64_t bytes = 4 * parameter_table(network_).size;
  EXPECT_EQ(traffic_of[0].sent_bytes + traffic_of[1].sent_bytes, 2 * bytes);
}

}  // namespace
}  // namespace lockstep
