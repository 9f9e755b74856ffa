#include "cli/end_on_signal.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <thread>

#include <gtest/gtest.h>

#include "base/atomic_file.h"
#include "cli/signals.h"

namespace lockstep {
namespace {

void busy_until_a_signal(int signal, bool tells, const std::filesystem::path& output) {
  install_signal_handlers();
  AtomicFile file(output);
  file.write(std::as_bytes(std::span("a part")));
  file.flush();
  if (!std::filesystem::exists(AtomicFile::temporary_of(output))) std::_Exit(1);
  const EndOnSignal ends(tells, output);
  std::raise(signal);
  std::this_thread::sleep_for(std::chrono::hours(1));
}

TEST(EndOnSignal, EndsABusyProcessAndRemovesWhatIsUnfinished) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "lockstep-end-on-signal";
  std::filesystem::create_directory(directory);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU}) {
    EXPECT_EXIT(busy_until_a_signal(signal, true, directory / "a"), testing::ExitedWithCode(75),
                "^lockstep: a signal asked for an end; the result is incomplete\n$");
    EXPECT_TRUE(std::filesystem::is_empty(directory));
  }
  EXPECT_EXIT(busy_until_a_signal(SIGTERM, false, directory / "a"), testing::ExitedWithCode(75),
              "^$");
  std::filesystem::remove_all(directory);
}

TEST(EndOnSignal, EndsNothingWithoutASignal) { const EndOnSignal ends(true); }

}  // namespace
}  // namespace lockstep
