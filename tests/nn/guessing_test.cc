#include "nn/guessing.h"

#include <cmath>

#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

TEST(Guessing, IsTheLossOfOutputsThatAreZero) {
  EXPECT_DOUBLE_EQ(loss_of_guessing(network_spec(2, {}, 10, Loss::softmax_cross_entropy)),
                   std::log(10.0));
  EXPECT_DOUBLE_EQ(loss_of_guessing(network_spec(2, {}, 3, Loss::logistic)), 3 * std::log(2.0));
}

TEST(Guessing, TenThousandTimesItIsBeyond) {
  const NetworkSpec network = network_spec(2, {}, 1, Loss::logistic);
  EXPECT_FALSE(is_beyond_guessing(network, 6931));
  EXPECT_TRUE(is_beyond_guessing(network, 6932));
}

TEST(Guessing, SquaredErrorHasNoScale) {
  EXPECT_FALSE(is_beyond_guessing(network_spec(2, {}, 1, Loss::squared_error), 1e300));
}

}  // namespace
}  // namespace lockstep
