#include "train/phase_clock.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// Whether each phase's seconds are among those of steps, by which examples_per_second is
// divided.
TEST(PhaseClock, StepsAreNotLoadingMeasuringAndSaving) {
  const std::map<std::string, bool> is_of_steps = {{"load", false},
                                                   {"data", true},
                                                   {"augmentation", true},
                                                   {"forward", true},
                                                   {"backward", true},
                                                   {"exchange", true},
                                                   {"optimizer", true},
                                                   {"waiting", true},
                                                   {"evaluation", false},
                                                   {"checkpoint", false},
                                                   {"monitor", false},
                                                   // What by_name() has beside the phases.
                                                   {"total", false},
                                                   {"ahead", false}};
  const PhaseClock clock;
  EXPECT_EQ(clock.by_name().size(), is_of_steps.size()) << "every phase is listed here";
  for (const auto& [name, unused] : clock.by_name()) {
    ASSERT_TRUE(is_of_steps.contains(name)) << name;
    EXPECT_EQ(seconds_of_steps({{name, 4.0}}), is_of_steps.at(name) ? 4 : 0) << name;
  }
}

TEST(PhaseClock, SecondsOfStepsAreASum) {
  EXPECT_EQ(seconds_of_steps({{"forward", 1}, {"backward", 2}, {"monitor", 8}, {"load", 16}}), 3);
  EXPECT_EQ(seconds_of_steps({}), 0);
}

TEST(PhaseClock, TimeGoesToThePhaseThatWasEntered) {
  PhaseClock clock;
  clock.add(Phase::monitor, 1000);
  clock.add(Phase::forward, 2000);
  clock.enter(Phase::waiting);
  const auto seconds = clock.by_name();
  EXPECT_EQ(seconds.at("monitor"), 1000);
  EXPECT_EQ(seconds.at("forward"), 2000);
  EXPECT_EQ(seconds.at("waiting"), 0);
  EXPECT_GE(seconds.at("load"), 0);
  EXPECT_EQ(seconds_of_steps(seconds), 2000);
}

}  // namespace
}  // namespace lockstep
