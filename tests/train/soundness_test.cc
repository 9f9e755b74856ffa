#include "train/soundness.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"

namespace lockstep {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Guessing among three classes costs ln 3.
NetworkSpec network(Loss loss = Loss::softmax_cross_entropy) {
  return network_spec(2, {}, 3, loss);
}
const double kGuessing = std::log(3.0);

TEST(Soundness, FiniteCostsOfALearningNetworkAreSound) {
  EXPECT_EQ(judge(network(), 0.5, 0.4, 0.6), Soundness::sound);
  EXPECT_EQ(judge(network(), 0.5, 0.4, std::nullopt), Soundness::sound) << "no dev set";
  EXPECT_EQ(judge(network(), 1e4 * kGuessing, 0.9999e4 * kGuessing, 0.6), Soundness::sound);
}

TEST(Soundness, JIsLookedAtBeforeTheLossesAndTheLossesBeforeDev) {
  for (const double bad : {kInfinity, -kInfinity, std::nan("")}) {
    EXPECT_EQ(judge(network(), bad, 1e9, bad), Soundness::cost_not_finite);
    EXPECT_EQ(judge(network(), 1e9, 1e9, bad), Soundness::beyond_guessing);
    EXPECT_EQ(judge(network(), 0.5, 0.4, bad), Soundness::dev_cost_not_finite);
  }
}

TEST(Soundness, SquaredErrorHasNoScaleToBeBeyond) {
  EXPECT_EQ(judge(network(Loss::squared_error), 1e9, 1e9, 0.6), Soundness::sound);
}

// The penalty is no reason: the loss alone is compared.
TEST(Soundness, ALargePenaltyIsNoDivergence) {
  EXPECT_EQ(judge(network(), 1e9, 0.4, 0.6), Soundness::sound);
}

TEST(Soundness, LargeLossesAreConfirmedByThoseOfTheInitialWeights) {
  EXPECT_EQ(confirm(2e7, 2e3), Soundness::sound) << "equal is not above";
  EXPECT_EQ(confirm(2.1e7, 2e3), Soundness::beyond_guessing);
  EXPECT_EQ(confirm(2e7, 1.1), Soundness::beyond_guessing);
}

TEST(Soundness, EachFailureIsNamed) {
  EXPECT_EQ(divergence(Soundness::cost_not_finite), "the cost is not finite");
  EXPECT_THAT(divergence(Soundness::beyond_guessing),
              testing::HasSubstr("more than 10000 times that of guessing"));
  EXPECT_EQ(dev_cost_error(7).code(), ExitCode::data);
  EXPECT_THAT(dev_cost_error(7).what(), testing::HasSubstr("not finite at step 7, although J is"));
}

}  // namespace
}  // namespace lockstep
