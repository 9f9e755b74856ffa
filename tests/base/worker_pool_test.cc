#include "base/worker_pool.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(WorkerPool, ATeamDividesItsWorkAndWaitsForEachOther) {
  WorkerPool pool(3);
  std::vector<int> first(10);
  std::vector<int> second(10);
  pool.run_team([&](const Team& team) {
    const Range mine = team.part(first.size());
    for (std::uint64_t i = mine.begin; i < mine.end; ++i) first[i] = static_cast<int>(i);
    team.wait();
    // Every thread reads what the others wrote.
    for (std::uint64_t i = mine.begin; i < mine.end; ++i) second[i] = first[first.size() - 1 - i];
  });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(second[static_cast<std::size_t>(i)], 9 - i);
}

TEST(WorkerPool, OneMemberLeads) {
  WorkerPool pool(4);
  std::atomic<int> leaders = 0;
  pool.run_team([&](const Team& team) {
    EXPECT_EQ(team.size(), 4U);
    if (team.leads()) ++leaders;
  });
  EXPECT_EQ(leaders, 1);
  EXPECT_TRUE(Team().leads());
  EXPECT_EQ(Team().part(7), (Range{0, 7}));
  Team().wait();
}

TEST(WorkerPool, ATeamSharesWorkWhoeverIsFree) {
  WorkerPool pool(3);
  std::vector<std::atomic<int>> times(100);
  pool.run_team([&](const Team& team) {
    for (const std::uint64_t n : {100U, 7U, 0U, 50U}) {
      team.share(n, [&](std::uint64_t i) { ++times[i]; });
      team.wait();
    }
  });
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_EQ(times[i], 1 + (i < 7 ? 1 : 0) + (i < 50 ? 1 : 0)) << i;
  }
  int alone = 0;
  Team().share(5, [&](std::uint64_t i) { alone += static_cast<int>(i); });
  EXPECT_EQ(alone, 10);
}

// The others neither wait for it for ever nor continue without what it should have done, and the
// pool can be used again.
TEST(WorkerPool, AMemberThatThrowsEndsItsTeam) {
  WorkerPool pool(3);
  for (const std::uint64_t failing : {0U, 1U, 2U}) {
    std::atomic<int> beyond = 0;
    try {
      pool.run_team([&](const Team& team) {
        team.wait();
        if (team.member() == failing) throw std::runtime_error("the first failure");
        team.wait();
        ++beyond;
        team.wait();
      });
      ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "the first failure");
    }
    EXPECT_EQ(beyond, 0);
  }
  std::atomic<int> done = 0;
  pool.run_team([&](const Team& team) {
    team.wait();
    ++done;
  });
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace lockstep
