#include "base/deadline.h"

#include <chrono>
#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Deadline, CallsWhenItExpires) {
  std::promise<void> called;
  const Deadline deadline(0.01, [&] { called.set_value(); });
  called.get_future().wait();  // for ever, if it is not called
}

TEST(Deadline, DoesNotCallWhenItIsMet) {
  bool called = false;
  {
    const Deadline deadline(3600, [&] { called = true; });
  }
  EXPECT_FALSE(called);
}

TEST(Deadline, OfNoSecondsIsNone) {
  bool called = false;
  {
    const Deadline deadline(0, [&] { called = true; });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace lockstep
