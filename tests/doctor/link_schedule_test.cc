#include "doctor/link_schedule.h"

#include <set>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// The pairs of a schedule. Expects that none occurs twice and that a round has each host at most
// once.
std::set<HostPair> pairs_of(const std::vector<LinkRound>& schedule, std::size_t hosts) {
  std::set<HostPair> pairs;
  for (const LinkRound& round : schedule) {
    std::set<std::size_t> busy;
    for (const auto& [from, to] : round) {
      EXPECT_LT(from, to);
      EXPECT_LT(to, hosts);
      EXPECT_TRUE(busy.insert(from).second);
      EXPECT_TRUE(busy.insert(to).second);
      EXPECT_TRUE(pairs.insert({from, to}).second);
    }
  }
  return pairs;
}

TEST(LinkSchedule, HasAllPairs) {
  for (std::size_t hosts = 0; hosts <= kMostRounds + 1; ++hosts) {
    const std::size_t expected = hosts < 2 ? 0 : hosts * (hosts - 1) / 2;
    EXPECT_EQ(pairs_of(link_schedule(hosts), hosts).size(), expected) << hosts;
  }
}

TEST(LinkSchedule, FewHostsAreMeasuredPairByPair) {
  for (const LinkRound& round : link_schedule(kHostsPairByPair)) EXPECT_EQ(round.size(), 1U);
  EXPECT_EQ(link_schedule(kHostsPairByPair + 2).size(), kHostsPairByPair + 1);
}

TEST(LinkSchedule, ManyHostsHaveAsManyPartnersAsRounds) {
  for (const std::size_t hosts : {100U, 1001U}) {
    const auto schedule = link_schedule(hosts);
    EXPECT_EQ(schedule.size(), kMostRounds);
    EXPECT_EQ(pairs_of(schedule, hosts).size(), kMostRounds * (hosts / 2));
  }
}

}  // namespace
}  // namespace lockstep
