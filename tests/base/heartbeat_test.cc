#include "base/heartbeat.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Heartbeat, WaitsAndWorkAreForTheirLifetime) {
  Heartbeat heartbeat;
  heartbeat.enter("waiting", /*waits=*/true);
  const auto count = heartbeat.now().count;
  {
    const HeartbeatWork work(&heartbeat);
    EXPECT_FALSE(heartbeat.now().waits);
    {
      const HeartbeatWait wait(&heartbeat);
      EXPECT_TRUE(heartbeat.now().waits);
    }
    EXPECT_FALSE(heartbeat.now().waits);
  }
  EXPECT_TRUE(heartbeat.now().waits);
  EXPECT_EQ(heartbeat.now().count, count + 4) << "each is progress";
  const HeartbeatWait of_none(nullptr);
}

}  // namespace
}  // namespace lockstep
