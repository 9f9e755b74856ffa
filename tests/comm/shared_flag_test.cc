#include "comm/shared_flag.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(SharedFlag, IsDownUntilSomebodyRaisesIt) {
  const Communicator comm = Communicator::world();
  SharedFlag flag(comm);
  EXPECT_FALSE(flag.raised());
  EXPECT_FALSE(flag.settle());
}

TEST(SharedFlag, ReachesRanksThatDoNotMeet) {
  const Communicator comm = Communicator::world();
  for (int raiser = 0; raiser < comm.size(); ++raiser) {
    SharedFlag flag(comm);
    if (comm.rank() == raiser) flag.raise();
    // No collective in between: whoever looks often enough comes to see it.
    while (!flag.raised()) {
    }
    EXPECT_TRUE(flag.raised()) << "stays so";
    EXPECT_TRUE(flag.settle());
  }
}

TEST(SharedFlag, ManyMayRaiseItAndNobodyMustLook) {
  const Communicator comm = Communicator::world();
  for (int round = 0; round < 3; ++round) {  // leftovers would show in the next one
    SharedFlag flag(comm);
    if (comm.rank() % 2 == round % 2) {
      flag.raise();
      flag.raise();
      EXPECT_TRUE(flag.raised());
    }
    const bool anybody = round % 2 == 0 || comm.size() > 1;
    EXPECT_EQ(flag.settle(), anybody);
    EXPECT_EQ(flag.raised(), anybody);
  }
}

}  // namespace
}  // namespace lockstep
