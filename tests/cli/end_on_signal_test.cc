#include "cli/end_on_signal.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "cli/signals.h"

namespace lockstep {
namespace {

void busy_until_a_signal(int signal, bool tells, const std::filesystem::path& unfinished) {
  install_signal_handlers();
  std::ofstream(unfinished) << "a part";
  const EndOnSignal ends(tells, [&] { std::filesystem::remove(unfinished); });
  std::raise(signal);
  std::this_thread::sleep_for(std::chrono::hours(1));
}

TEST(EndOnSignal, EndsABusyProcessAndRemovesWhatIsUnfinished) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::filesystem::path unfinished =
      std::filesystem::path(testing::TempDir()) / "lockstep-end-on-signal";
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU}) {
    EXPECT_EXIT(busy_until_a_signal(signal, true, unfinished), testing::ExitedWithCode(75),
                "^lockstep: a signal asked for an end; the result is incomplete\n$");
    EXPECT_FALSE(std::filesystem::exists(unfinished));
  }
  EXPECT_EXIT(busy_until_a_signal(SIGTERM, false, unfinished), testing::ExitedWithCode(75), "^$");
}

TEST(EndOnSignal, EndsNothingWithoutASignal) { const EndOnSignal ends(true); }

}  // namespace
}  // namespace lockstep
