#include "comm/watch_table.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Kind = WatchVerdict::Kind;

const std::vector<std::string> kHosts = {"n1", "n1", "n2", "n2"};

RankState in(const std::string& activity, std::uint64_t step, std::uint64_t count, bool waits) {
  return {.count = count, .step = step, .activity = activity, .waits = waits};
}

// A table of four ranks that were all heard at time 0, waiting in the exchange of step 7.
class Watch : public testing::Test {
 protected:
  Watch() {
    for (int rank = 0; rank < 4; ++rank) table_.hear(rank, in("exchange", 7, 1, true), 0);
  }
  // The ranks but `left_out` report `count` at `now`.
  void hear(double now, std::uint64_t count, int left_out = -1) {
    for (int rank = 0; rank < 4; ++rank) {
      if (rank != left_out) table_.hear(rank, in("exchange", 7, count, true), now);
    }
  }

  WatchTable table_{kHosts, {.silence = 20, .progress = 100}, 0};
};

TEST_F(Watch, RanksThatReportAreFine) {
  for (int second = 1; second < 500; ++second) {
    hear(second, static_cast<std::uint64_t>(second));
    EXPECT_EQ(table_.judge(second + 0.5).kind, Kind::fine);
  }
}

TEST_F(Watch, ASilentRankIsFirstWarnedOfOnceAndThenLost) {
  hear(5, 2, 2);
  EXPECT_EQ(table_.judge(5).kind, Kind::fine) << "a quarter of the limit";
  const WatchVerdict warning = table_.judge(5.1);
  EXPECT_EQ(warning.kind, Kind::warning);
  EXPECT_THAT(warning.text, AllOf(HasSubstr("rank 2 on n2 (exchange, step 7, waiting)"),
                                  HasSubstr("not been heard from for 5.1 s"),
                                  HasSubstr("ends when that lasts 20 s")));
  EXPECT_EQ(table_.judge(6).kind, Kind::fine);
  hear(20, 3, 2);
  EXPECT_EQ(table_.judge(20).kind, Kind::fine);
  const WatchVerdict end = table_.judge(20.1);
  EXPECT_EQ(end.kind, Kind::end);
  EXPECT_THAT(end.text, AllOf(HasSubstr("rank 2 on n2"), Not(HasSubstr("rank 1"))));
}

TEST_F(Watch, ARankThatIsHeardAgainIsWarnedOfAgain) {
  EXPECT_EQ(table_.judge(6).kind, Kind::warning);
  hear(7, 2);
  EXPECT_EQ(table_.judge(12).kind, Kind::fine);
  EXPECT_EQ(table_.judge(12.5).kind, Kind::warning);
}

TEST_F(Watch, AProcessThatDidNotRunForgives) {
  table_.forgive(300);
  EXPECT_EQ(table_.judge(301).kind, Kind::fine);
  EXPECT_EQ(table_.judge(321).kind, Kind::end);
}

TEST_F(Watch, ARankThatWasNeverHeardIsNotLost) {
  WatchTable table(kHosts, {.silence = 20, .progress = 0}, 0);
  const auto hear_others = [&](double now) {
    for (const int rank : {0, 1, 3}) table.hear(rank, in("load", 0, 1, false), now);
  };
  hear_others(20);
  EXPECT_EQ(table.judge(20).kind, Kind::fine);
  hear_others(21);
  const WatchVerdict warning = table.judge(21);
  EXPECT_EQ(warning.kind, Kind::warning);
  EXPECT_THAT(warning.text, HasSubstr("no UDP packets arrive from rank 2 on n2"));
  for (double now = 22; now < 5000; ++now) {
    hear_others(now);
    EXPECT_EQ(table.judge(now).kind, Kind::fine);
  }
}

TEST_F(Watch, WithoutProgressTheRanksThatDoNotWaitAreNamed) {
  const auto stalled = [&](double now) {
    hear(now, 1, 1);
    table_.hear(1, in("backward", 7, 1, false), now);
    return table_.judge(now);
  };
  EXPECT_EQ(stalled(25).kind, Kind::fine);
  const WatchVerdict warning = stalled(26);
  EXPECT_EQ(warning.kind, Kind::warning);
  EXPECT_THAT(warning.text, AllOf(HasSubstr("no rank has made progress for 26 s"),
                                  HasSubstr("wait for rank 1 on n1 (backward, step 7)")));
  EXPECT_EQ(stalled(51).kind, Kind::fine);
  EXPECT_EQ(stalled(53).kind, Kind::warning) << "twice as long";
  EXPECT_EQ(stalled(100).kind, Kind::fine);
  EXPECT_EQ(stalled(101).kind, Kind::end);
}

TEST_F(Watch, IfAllWaitThoseAtTheEarliestStepAreNamed) {
  const auto stalled = [&](std::uint64_t step_of_three) {
    hear(101, 1);
    table_.hear(3, in("waiting", step_of_three, 1, true), 101);
    return table_.judge(101).text;
  };
  EXPECT_THAT(stalled(6), HasSubstr("the others wait for rank 3 on n2 (waiting, step 6)"));
  EXPECT_THAT(stalled(7), HasSubstr("a link between their hosts may be cut"));
}

TEST_F(Watch, RanksThatAllWaitForEachOtherStallAfterASixthOfTheLimit) {
  const auto at = [&](double now) {
    hear(now, 1);
    return table_.judge(now);
  };
  EXPECT_NE(at(16.6).kind, Kind::end);
  const WatchVerdict end = at(16.7);
  EXPECT_EQ(end.kind, Kind::end);
  EXPECT_THAT(end.text, HasSubstr("all ranks wait for each other"));
}

TEST_F(Watch, AWaitThatTookLongBeforeMayTakeTenTimesAsLong) {
  hear(10, 2);  // after 10 s in which all waited
  const auto at = [&](double now) {
    hear(now, 2);
    return table_.judge(now).kind;
  };
  EXPECT_NE(at(10 + 99), Kind::end);
  EXPECT_EQ(at(10 + 101), Kind::end);
}

TEST_F(Watch, AWaitForARankThatNeverReportsIsLeftAlone) {
  WatchTable table(kHosts, {.silence = 20, .progress = 100}, 0);
  const auto at = [&](double now) {
    for (const int rank : {0, 1, 3}) table.hear(rank, in("exchange", 7, 1, true), now);
    return table.judge(now).kind;
  };
  EXPECT_NE(at(0), Kind::end);
  EXPECT_NE(at(99), Kind::end);
  EXPECT_EQ(at(101), Kind::end);
}

TEST_F(Watch, WhatTookLongBeforeMayTakeTenTimesAsLong) {
  const auto in_step = [&](double now, std::uint64_t count) {
    for (int rank = 0; rank < 4; ++rank) table_.hear(rank, in("exchange", 7, count, false), now);
  };
  in_step(0, 2);
  in_step(19, 3);  // 19 s of exchange without progress
  const auto at = [&](double now) {
    in_step(now, 3);
    return table_.judge(now).kind;
  };
  EXPECT_NE(at(19 + 189), Kind::end);
  EXPECT_EQ(at(19 + 191), Kind::end);
}

TEST_F(Watch, AfterARequestToStopASilentRankIsLostSooner) {
  table_.request_stop();
  hear(10, 2, 2);
  EXPECT_NE(table_.judge(10).kind, Kind::end);
  const WatchVerdict end = table_.judge(10.1);
  EXPECT_EQ(end.kind, Kind::end);
  EXPECT_THAT(end.text, AllOf(HasSubstr("a stop was requested, but rank 2 on n2 "),
                              Not(HasSubstr("rank 1"))));
}

TEST_F(Watch, AStopWaitsForRanksThatAnswer) {
  // Rank 0 saves to a slow disk, and the others wait.
  table_.request_stop();
  for (double now = 1; now <= 100; ++now) {
    hear(now, 1);
    table_.hear(0, in("checkpoint", 7, 1, false), now);
    EXPECT_NE(table_.judge(now).kind, Kind::end) << now;
  }
}

TEST_F(Watch, AfterARequestToStopRanksThatAllWaitForEachOtherEndSooner) {
  WatchTable table(kHosts, {}, 0);
  table.request_stop();
  const auto at = [&](double now) {
    for (int rank = 0; rank < 4; ++rank) table.hear(rank, in("train", 0, 1, true), now);
    return table.judge(now);
  };
  EXPECT_NE(at(0).kind, Kind::end);
  EXPECT_NE(at(30).kind, Kind::end);
  const WatchVerdict end = at(30.1);
  EXPECT_EQ(end.kind, Kind::end);
  EXPECT_THAT(end.text, HasSubstr("a stop was requested, but no rank has made progress for 30 s: "
                                  "all ranks wait for each other"));
}

TEST_F(Watch, NoLimitNoEnd) {
  WatchTable table(kHosts, {.silence = 0, .progress = 0}, 0);
  for (int rank = 0; rank < 4; ++rank) table.hear(rank, in("exchange", 7, 1, true), 0);
  EXPECT_EQ(table.judge(1e6).kind, Kind::fine);
}

}  // namespace
}  // namespace lockstep
